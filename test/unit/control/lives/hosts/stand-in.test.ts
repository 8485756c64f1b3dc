import { variables } from "../../../../../src/compose/model/container/variables.js";
import { afterEach, describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import type { Controller } from "../../../../../src/control/controller.js";
import type { ObservedContainer } from "../../../../../src/plan/model/host/observed.js";
import type { Behaviour } from "../../../../simulator/behaviour.js";
import { digestOf, specOf, stopFirst } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const key = "shop/web";
const bad: Behaviour = { healthyAfterMs: "never" };

function active(stage: Stage): ObservedContainer | undefined {
  return stage.engine.world.host.containers.find(({ role }) => role === "active");
}

function edit(stage: Stage, spec: ServiceSpec, value: string): void {
  stage.specs[0] = { ...spec, container: { ...spec.container, environment: variables({ EDIT: value }) } };
  stage.reload();
}

/** What serves, and with which edit. */
function runs(stage: Stage, letter: string, value: string): boolean {
  const found = active(stage);
  if (found?.state !== "running" || found.digest !== digestOf(letter)) return false;
  const isAlone = !stage.engine.world.host.containers.some(({ role }) => role === "next");
  return isAlone && stage.engine.world.specOf(found.id)?.container.environment["EDIT"]?.reveal() === value;
}

async function push(stage: Stage, controller: Controller, letter: string, behaviour: Behaviour): Promise<void> {
  stage.push(letter, behaviour);
  controller.surface.reconcile([key], "hook");
  await stage.pass(15_000);
}

const isHeld = (controller: Controller) => () =>
  controller.surface.service(key)?.sync === "Held" && controller.surface.service(key)?.health === "Healthy";

async function withHeldB(spec: ServiceSpec) {
  const stage = await openStage([spec]);
  stages.push(stage);
  stage.push("a", {});
  const controller = await stage.start();
  await stage.until("a serves", () => controller.surface.service(key)?.sync === "Synced");
  await push(stage, controller, "b", bad);
  await stage.until("b is held", isHeld(controller));
  return { stage, controller };
}

describe.each([
  ["start-first", specOf()],
  ["stop-first", stopFirst],
  ["two replicas", { ...specOf(), replicas: 2 }],
])("a file that changes while an image is held, %s", (kind, spec) => {
  it("is in force on the last stable image, edit after edit; a newer image goes on from there", async () => {
    const { stage, controller } = await withHeldB(spec);
    for (const value of ["1", "2"]) {
      edit(stage, spec, value);
      await stage.until(`edit ${value}`, () => runs(stage, "a", value));
      await stage.until("held still", isHeld(controller));
      await stage.pass(30_000);
      expect(runs(stage, "a", value)).toBe(true);
    }
    expect(controller.surface.service(key)).toMatchObject({
      desiredDigest: digestOf("b"),
      activeDigest: digestOf("a"),
    });
    const tries = (await controller.surface.history(key)).revisions.filter(({ to }) => to === digestOf("b"));
    expect(tries).toHaveLength(kind === "stop-first" ? 1 : 3);

    await push(stage, controller, "c", bad);
    await stage.until("c is held", isHeld(controller));
    edit(stage, spec, "3");
    await stage.until("edit 3", () => runs(stage, "a", "3"));
    await push(stage, controller, "d", {});
    await stage.until("d serves", () => runs(stage, "d", "3") && controller.surface.service(key)?.sync === "Synced");
    await controller.stop();
  });

  it("without the journal all the same", async () => {
    const { stage, controller } = await withHeldB(spec);
    await controller.stop();
    const second = await stage.start({ forgetful: true });
    await stage.until("held", isHeld(second));
    edit(stage, spec, "1");
    await stage.until("edit 1", () => runs(stage, "a", "1"));
    await stage.until("held still", isHeld(second));
    await second.stop();
  });

  it("and a retry tries the image with it", async () => {
    const { stage, controller } = await withHeldB(spec);
    edit(stage, spec, "1");
    await stage.until("edit 1", () => runs(stage, "a", "1"));
    stage.push("b", {});
    await controller.surface.retry(key);
    await stage.until("b serves", () => runs(stage, "b", "1"));
    await controller.stop();
  });
});
