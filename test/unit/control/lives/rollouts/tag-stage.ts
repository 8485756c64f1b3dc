import { onTestFinished } from "vitest";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import type { TagPolicy } from "../../../../../src/compose/model/policy/tag-policy.js";
import type { Behaviour } from "../../../../simulator/behaviour.js";
import { digestOf, specOf } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

export const key = "shop/web" as const;
export const repository = "docker.io/acme/web";

export function following(policy: TagPolicy, tag = "1.4.2", patch: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    ...specOf(),
    policy,
    image: { registry: "docker.io", repository: "acme/web", tag, digest: undefined },
    ...patch,
  };
}

export const minor: TagPolicy = { kind: "semver", range: "^1.4" };

/** A stage with these tags of the repository: `1.4.2=a`. */
async function open(tags: readonly string[], ...specs: readonly ServiceSpec[]): Promise<Stage> {
  const stage = await openStage(specs.length === 0 ? [following(minor)] : [...specs]);
  onTestFinished(() => stage.close());
  for (const tag of tags) push(stage, tag);
  return stage;
}

export function push(stage: Stage, written: string, behaviour: Behaviour = {}): void {
  const [tag = "", letter = ""] = written.split("=");
  stage.push(letter, behaviour, following(minor, tag));
}

export function remove(stage: Stage, tag: string): void {
  stage.registry.tags.delete(`${repository}:${tag}`);
}

export const active = (stage: Stage) => stage.engine.world.host.containers.filter(({ role }) => role === "active");

export async function runs(stage: Stage, letter: string): Promise<void> {
  await stage.until(`${letter} serves`, () => {
    const containers = stage.engine.world.host.containers;
    const serves = active(stage).every(({ digest, state }) => digest === digestOf(letter) && state === "running");
    return active(stage).length > 0 && serves && containers.every(({ role }) => role !== "next");
  });
}

export async function opened(tags: readonly string[], ...specs: readonly ServiceSpec[]) {
  const stage = await open(tags, ...specs);
  const controller = await stage.start();
  const status = () => controller.surface.service(key);
  const condition = (type: string) => status()?.conditions.find((one) => one.type === type);
  const look = () => {
    controller.surface.reconcile([key], "test");
  };
  const hook = (tag: string) => {
    controller.surface.reconcile([key], "test", [{ registry: "docker.io", repository: "acme/web", tag }]);
  };
  const reason = (wanted: string) => stage.until(`Ready is ${wanted}`, () => condition("Ready")?.reason === wanted);
  return { stage, controller, surface: controller.surface, status, condition, look, hook, reason };
}
