import { afterEach, describe, expect, it } from "vitest";
import type { Controller } from "../../../../src/control/controller.js";
import type { Progress, ProgressStep, RolloutProgress } from "../../../../src/control/progress/model.js";
import type { Behaviour } from "../../../simulator/behaviour.js";
import { Secret } from "../../../../src/tools/secret.js";
import { digestOf, specOf } from "../../plan/world.js";
import { openStage } from "../lives/stage.js";
import type { Stage } from "../lives/stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const key = "shop/web";

async function begun(behaviour: Behaviour = {}, specs = [specOf()]) {
  const stage = await openStage(specs);
  stages.push(stage);
  stage.push("a", behaviour);
  const controller = await stage.start();
  const seen = () => rolloutOf(controller);
  const until = async (what: string, isSo: (rollout: RolloutProgress) => boolean) => {
    await stage.until(what, () => {
      const rollout = seen();
      return rollout !== null && isSo(rollout);
    });
    return shown(seen());
  };
  const over = () => until("it is over", ({ outcome }) => outcome !== undefined);
  return { stage, controller, seen, until, over };
}

function rolloutOf(controller: Controller): RolloutProgress | null {
  return controller.surface.progress(key).rollout;
}

function shown(rollout: RolloutProgress | null): RolloutProgress {
  if (rollout === null) throw new Error("nothing is being done");
  return rollout;
}

const texts = ({ steps }: RolloutProgress) => steps.map(({ text, state }) => `${state}: ${text.replace(/ \(.*$/, "")}`);

/** But for the wait, which a restart begins anew. */
function doneIn({ steps }: RolloutProgress): string[] {
  return steps.filter(({ state, kind }) => state === "done" && kind !== "wait").map(({ text }) => text);
}

describe("the progress of a rollout", () => {
  it("shows what is done, what is under way and what is to come, and stays when it is over", async () => {
    const { stage, controller, until, over } = await begun({ pullMs: 4_000 });
    expect(shown(rolloutOf(controller)).outcome).toBeUndefined();
    const pulling = await until("half of it is here", ({ pull }) => (pull?.bytes ?? 0) >= 2_000);
    expect(pulling.revision).toBeUndefined();
    expect(pulling.pull).toMatchObject({ total: 4_000, bytesPerSecond: 1_000 });
    expect(pulling.pull?.layers).toEqual([
      { id: digestOf("a").slice(-12), state: "downloading", bytes: 2_000, total: 4_000 },
    ]);
    expect(texts(pulling)).toEqual([
      "running: pull acme/web@sha256:aaaaaaaaaaaa",
      "waiting: create network shop_default",
      "waiting: create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web",
      "waiting: tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r1",
      "waiting: start shop-web-1.next",
      "waiting: wait until it has been well for 5s",
      "waiting: rename shop-web-1.next to shop-web-1",
      "waiting: set the restart policy of shop-web-1 to always",
    ]);

    const waiting = await until("it is on trial", ({ health }) => health?.state === "healthy");
    const states = waiting.steps.map(({ state }) => state);
    expect(states).toEqual(["done", "done", "done", "done", "done", "running", "waiting", "waiting"]);
    expect(waiting.health).toMatchObject({ container: "shop-web-1.next", probe: null });
    const left = Date.parse(waiting.health?.deadline ?? "") - stage.engine.clock.now();
    expect(left).toBeGreaterThan(2_000);
    expect(left).toBeLessThanOrEqual(5_000);

    const done = await over();
    expect(done).toMatchObject({ revision: 1, to: digestOf("a"), outcome: "promoted", moreSteps: 0 });
    const isSound = ({ state, beganAt = "", endedAt = "" }: ProgressStep) => state === "done" && beganAt <= endedAt;
    expect(done.steps.every(isSound)).toBe(true);
    expect(done.steps.map(({ kind }) => kind)).toContain("wait");
    await stage.pass(60_000);
    expect(rolloutOf(controller)).toEqual(done);
  });

  it("shows why it failed, with the last check, and the way back", async () => {
    const { stage, controller, over, until } = await begun();
    await over();
    stage.push("b", { healthyAfterMs: "never" });
    controller.surface.reconcile([key], "hook dockerhub");
    await until("the next is on trial", ({ revision, health }) => revision === 2 && health?.state === "starting");
    const failed = await over();
    expect(failed).toMatchObject({
      revision: 2,
      from: digestOf("a"),
      to: digestOf("b"),
      cause: "hook dockerhub",
      outcome: "rolled-back",
    });
    expect(failed.message).toMatch(/health/);
    const [wait, ...others] = failed.steps.filter(({ kind }) => kind === "wait");
    expect(others).toEqual([]);
    expect(wait).toMatchObject({ state: "failed" });
    expect(wait?.message).toMatch(/health/);
    expect(failed.steps.some(({ kind }) => kind === "keep-logs")).toBe(true);
    expect(failed.health?.container).toBe("shop-web-1.next");
  });

  it("gives way to a newer one", async () => {
    const { stage, controller, over, until } = await begun();
    await over();
    stage.push("b", {});
    controller.surface.reconcile([key], "hook");
    await until("b is on trial", ({ to, health }) => to === digestOf("b") && health !== null);
    stage.push("c", {});
    controller.surface.reconcile([key], "hook");
    const last = await until("c serves", ({ to, outcome }) => to === digestOf("c") && outcome !== undefined);
    expect(last).toMatchObject({ revision: 3, outcome: "promoted" });
  });

  it("of a repair has no revision", async () => {
    const { stage, over, until } = await begun();
    await over();
    const serving = stage.engine.world.host.containers.find(({ role }) => role === "active");
    stage.engine.world.end(serving?.id ?? "", 1);
    const repair = await until("it is repaired", ({ outcome }) => outcome === "done");
    expect(repair.revision).toBeUndefined();
    expect(texts(repair)).toEqual(["done: start shop-web-1"]);
  });

  it("can be read after a restart, and goes on over one", async () => {
    const { stage, controller, over } = await begun();
    const first = await over();
    await controller.stop();
    const second = await stage.start();
    expect(shown(rolloutOf(second))).toMatchObject({ beganAt: first.beganAt, outcome: "promoted", steps: first.steps });
    stage.push("b", {});
    second.surface.reconcile([key], "hook");
    const isOnTrial = ({ revision, health }: RolloutProgress) => revision === 2 && health?.state === "healthy";
    await stage.until("b is on trial", () => isOnTrial(shown(rolloutOf(second))));
    const before = shown(rolloutOf(second));
    await second.stop();
    const third = await stage.start();
    await stage.until("b serves", () => rolloutOf(third)?.outcome === "promoted");
    const after = shown(rolloutOf(third));
    expect(after.beganAt).toBe(before.beganAt);
    expect(after.steps.map(({ text }) => text)).toEqual(expect.arrayContaining(doneIn(before)));
    const { revisions } = await third.surface.history(key);
    expect(revisions.map(({ revision, steps }) => [revision, steps?.length])).toEqual([
      [2, after.steps.length],
      [1, first.steps.length],
    ]);
  });

  it("is kept with its steps, times and reasons, and with what of the spec has changed", async () => {
    const { stage, controller, over, until } = await begun();
    await over();
    const changed = specOf({ container: { environment: { MODE: new Secret("hush") }, command: ["serve"] } });
    stage.specs.splice(0, 1, changed);
    stage.reload();
    stage.push("b", { healthyAfterMs: "never" });
    controller.surface.reconcile([key], "hook");
    await until("b has failed", ({ outcome, to }) => outcome === "rolled-back" && to === digestOf("b"));
    const [failed] = (await controller.surface.history(key)).revisions;
    const wait = failed?.steps?.find(({ kind }) => kind === "wait");
    expect(wait).toMatchObject({ text: "wait until it has been well for 5s", message: "its health check fails" });
    expect(Date.parse(wait?.endedAt ?? "") - Date.parse(wait?.beganAt ?? "")).toBeGreaterThan(1_000);
    expect(failed?.changes?.map(({ field }) => field)).toContain("command[0]");
    expect(JSON.stringify(failed)).not.toContain("hush");
  });
});

describe("a reader of progress", () => {
  it("has the present state first, then what is new, four times a second at most, and the newest only", async () => {
    const { stage, controller, over } = await begun();
    await over();
    const gone = new AbortController();
    const told: { readonly at: number; readonly progress: Progress }[] = [];
    const reading = (async () => {
      for await (const progress of controller.surface.progresses([key], gone.signal)) {
        told.push({ at: stage.engine.clock.monotonic(), progress });
      }
    })();
    await stage.pass(1_000);
    expect(told.map(({ progress: { rollout } }) => rollout?.outcome)).toEqual(["promoted"]);
    stage.push("b", { pullMs: 3_000 });
    controller.surface.reconcile([key], "hook");
    await stage.until(
      "b serves",
      () => rolloutOf(controller)?.to === digestOf("b") && rolloutOf(controller)?.outcome !== undefined,
    );
    await stage.pass(1_000);
    gone.abort();
    await reading;
    expect(told.length).toBeGreaterThan(5);
    const gaps = told.slice(1).map(({ at }, index) => at - (told[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250);
    expect(told.at(-1)?.progress).toEqual(controller.surface.progress(key));
  });
});
