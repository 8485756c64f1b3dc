import { afterEach, describe, expect, it } from "vitest";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import type { Behaviour } from "../../../simulator/behaviour.js";
import { digestOf, port8080, specOf } from "../../plan/world.js";
import { openStage } from "./stage.js";
import type { Stage } from "./stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

async function open(...specs: Parameters<typeof openStage>): Promise<Stage> {
  const stage = await openStage(...specs);
  stages.push(stage);
  return stage;
}

/** Within its time, whose end is after 6 s. */
const slow: Behaviour = { healthyAfterMs: 1_500 };
const stopFirst = specOf({ container: { ports: [port8080] } });

function inRole(stage: Stage, role: ObservedContainer["role"], service = "web"): ObservedContainer | undefined {
  return stage.engine.world.host.containers.find((one) => one.role === role && one.service === service);
}

function runs(stage: Stage, letter: string): boolean {
  const active = inRole(stage, "active");
  return active?.digest === digestOf(letter) && active.state === "running" && inRole(stage, "next") === undefined;
}

describe("a verdict rests on fresh facts", () => {
  it("one lost health event does not hold a good image", async () => {
    const stage = await open();
    stage.push("a", slow);
    stage.engine.loseEvent("health_status: healthy");
    const controller = await stage.start();
    await stage.until("a is active", () => runs(stage, "a"));
    stage.push("b", slow);
    stage.engine.loseEvent("health_status: healthy");
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("it is over", () => runs(stage, "b") || inRole(stage, "failed") !== undefined);
    expect(inRole(stage, "failed")).toBeUndefined();
  });

  it.each([
    ["start-first", specOf()],
    ["stop-first", stopFirst],
  ])("a controller that is frozen during the health wait holds nothing (%s)", async (_, spec) => {
    const stage = await open([spec]);
    stage.push("a", slow);
    const controller = await stage.start();
    await stage.until("a is active", () => runs(stage, "a"));
    stage.push("b", slow);
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("b runs", () => inRole(stage, "next")?.state === "running");
    stage.process.freeze(10_000);
    await stage.pass(10_000);
    await stage.until("it is over", () => runs(stage, "b") || inRole(stage, "failed") !== undefined);
    expect(inRole(stage, "failed")).toBeUndefined();
  });

  it("nor does it promote what died while it was frozen", async () => {
    const stage = await open();
    stage.push("a", slow);
    const controller = await stage.start();
    await stage.until("a is active", () => runs(stage, "a"));
    stage.push("b", { check: "none", exitsAfterMs: 4_000 });
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("b runs", () => inRole(stage, "next")?.state === "running");
    stage.process.freeze(10_000);
    await stage.until("it is over", () => inRole(stage, "failed") !== undefined);
    expect(runs(stage, "a")).toBe(true);
  });

  it("a stream that is open and silent is opened anew, and what it kept to itself is seen", async () => {
    const stage = await open([stopFirst]);
    stage.push("a", {});
    await stage.start();
    await stage.until("a is active", () => runs(stage, "a"));
    await stage.pass(30_000);
    stage.engine.silence();
    const active = inRole(stage, "active");
    stage.engine.kill(active?.id ?? "");
    stage.engine.world.end(active?.id ?? "", 137);
    await stage.pass(15_000);
    expect(runs(stage, "a")).toBe(true);
  });

  it("nor is a good image held while the stream is silent", async () => {
    const stage = await open();
    stage.push("a", slow);
    const controller = await stage.start();
    await stage.until("a is active", () => runs(stage, "a"));
    stage.push("b", slow);
    stage.engine.silence();
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("it is over", () => runs(stage, "b") || inRole(stage, "failed") !== undefined);
    expect(inRole(stage, "failed")).toBeUndefined();
  });
});

describe("the stable digest", () => {
  it.each([
    ["is ill for a while", { healthyAfterMs: 60_000 }],
    ["cannot even stay up at first", { check: "none" as const, exitsAfterMs: 200 }],
  ])("is not held by a judgement on itself while nothing else serves: it %s", async (_, ill) => {
    const stage = await open([stopFirst]);
    stage.push("a", slow);
    const controller = await stage.start();
    await stage.until("a is active", () => runs(stage, "a"));
    stage.push("a", ill);
    stage.engine.removeByHand(inRole(stage, "active")?.id ?? "");
    await stage.pass(20_000);
    stage.push("a", { check: "none" });
    controller.surface.reconcile(["shop/web"], "a person");
    await stage.until("it serves again", () => inRole(stage, "active")?.state === "running");
    await stage.until("synced", () => controller.surface.service("shop/web")?.sync === "Synced");
    expect((await controller.surface.history("shop/web")).failures).toEqual([]);
  });
});
