import { afterEach, describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import { FairleadError } from "../../../../../src/errors.js";
import { Secret } from "../../../../../src/tools/secret.js";
import { specOf, stopFirst } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

function holding(content: string, spec = specOf()): ServiceSpec {
  const file = { origin: "secrets.db", path: "/run/secrets/db", content: new Secret(content) };
  return { ...spec, files: [{ ...file, mode: 0o444, uid: 0, gid: 0 }] };
}

async function open(spec: ServiceSpec) {
  const stage = await openStage([spec]);
  stages.push(stage);
  stage.push("a", {});
  const controller = await stage.start();
  const active = () => stage.engine.world.host.containers.find(({ role }) => role === "active");
  const content = () =>
    stage.engine.world
      .filesOf(active()?.id ?? "")
      ?.get("/run/secrets/db")
      ?.content.reveal();
  const ready = () => controller.surface.service("shop/web")?.conditions.find(({ type }) => type === "Ready");
  await stage.until("it serves", () => ready()?.status === "True");
  return { stage, controller, active, content, ready };
}

describe("a secret's content", () => {
  it("is in the container, and a change of it makes another one", async () => {
    const { stage, controller, active, content } = await open(holding("one"));
    expect(content()).toBe("one");
    const before = active()?.id;
    stage.specs.splice(0, 1, holding("two"));
    stage.reload();
    await stage.until("the other one serves", () => content() === "two");
    expect(active()?.id).not.toBe(before);
    await controller.stop();
  });

  it("that cannot be written stops nothing, and the condition says why", async () => {
    const { stage, controller, active, ready } = await open(holding("one", stopFirst));
    stage.engine.onChange = (call, moment) => {
      if (call !== "writeFiles" || moment === "after") return;
      throw new FairleadError("EngineRefused", "its root file system is read-only", { remedy: "use `file:`" });
    };
    stage.specs.splice(0, 1, holding("two", stopFirst));
    stage.reload();
    await stage.until("it is said", () => ready()?.reason === "StartFailed");
    expect(ready()).toMatchObject({ status: "False", message: "its root file system is read-only; use `file:`" });
    expect(active()?.state).toBe("running");
    stage.engine.onChange = () => undefined;
    await stage.until("it serves", () => ready()?.status === "True");
    await controller.stop();
  });
});
