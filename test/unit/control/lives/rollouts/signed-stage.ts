import { onTestFinished } from "vitest";
import type { SignatureRule } from "../../../../../src/compose/model/policy/signature-rule.js";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import type { Digest } from "../../../../../src/compose/values/image.js";
import { specOf } from "../../../plan/world.js";
import { imageNamed, keyNamed, materialsOf } from "../../../signatures/by-cosign/stored.js";
import { openStage, type Stage } from "../stage.js";

export const key = "shop/web" as const;
export const byKey = (name: "release" | "other"): SignatureRule => ({
  kind: "keys",
  keys: [{ name: `${name}.pub`, pem: keyNamed(name) }],
});
export const demanding = (extra: Partial<ServiceSpec> = {}): ServiceSpec => ({
  ...specOf(),
  verify: byKey("release"),
  ...extra,
});

/** A service whose tag stands for this image of cosign's, with what lies beside it. */
export async function opened(specs: readonly ServiceSpec[], name: string, options: { signed?: boolean } = {}) {
  const stage = await openStage([...specs]);
  onTestFinished(() => stage.close());
  push(stage, name, options.signed ?? true);
  const start = async () => {
    const controller = await stage.start();
    const { surface } = controller;
    const condition = (type: string) => surface.service(key)?.conditions.find((one) => one.type === type);
    const reason = (wanted: string) => stage.until(`Ready is ${wanted}`, () => condition("Ready")?.reason === wanted);
    const look = () => {
      surface.reconcile([key], "test");
    };
    return { surface, condition, reason, look, stop: () => controller.stop() };
  };
  return { stage, start };
}

export function push(stage: Stage, name: string, signed: boolean): Digest {
  const digest = imageNamed(name);
  stage.engine.publish(`acme/web@${digest}`, {});
  stage.registry.tags.set("docker.io/acme/web:latest", digest);
  if (signed) stage.registry.beside.set(digest, materialsOf(name));
  return digest;
}

export const containers = (stage: Stage) => stage.engine.world.host.containers;
export const runs = (stage: Stage, name: string) =>
  stage.until(`${name} serves`, () =>
    containers(stage).some(
      ({ role, digest, state }) => role === "active" && digest === imageNamed(name) && state === "running",
    ),
  );
export const has = (stage: Stage, name: string) => containers(stage).some(({ digest }) => digest === imageNamed(name));
