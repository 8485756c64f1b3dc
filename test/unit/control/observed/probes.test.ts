import { afterEach, describe, expect, it } from "vitest";
import type { ProbeSpec, ServiceSpec } from "../../../../src/compose/model/service.js";
import type { ProbeAnswer } from "../../../../src/control/ports/prober.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { defaultNetwork, digestOf, specOf } from "../../plan/world.js";
import { openStage } from "../lives/stage.js";
import type { Stage } from "../lives/stage.js";

const probe: ProbeSpec = {
  check: { kind: "http", scheme: "http", port: 80, path: "/", host: undefined, headers: {}, statuses: [] },
  intervalMs: 2_000,
  timeoutMs: 1_000,
  retries: 3,
  startPeriodMs: 0,
};
const ready: ProbeAnswer = { kind: "ready" };
const refused: ProbeAnswer = { kind: "failed", message: "http on port 80: connection refused" };
/** No check of its own: only the probe tells. */
const mute = { check: "none" } as const;

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

async function open(specs: ServiceSpec[] = [specOf({ probe })]): Promise<Stage> {
  const stage = await openStage(specs);
  stages.push(stage);
  return stage;
}

function inRole(stage: Stage, role: ObservedContainer["role"], service = "web"): ObservedContainer | undefined {
  return stage.engine.world.host.containers.find((one) => one.role === role && one.service === service);
}

function running(stage: Stage, letter: string): Promise<void> {
  return stage.until(`${letter} is active`, () => {
    const active = inRole(stage, "active");
    return active?.digest === digestOf(letter) && active.state === "running" && inRole(stage, "next") === undefined;
  });
}

const isOf = (letter: string) => (container: ObservedContainer) => container.digest === digestOf(letter);

type Controller = Awaited<ReturnType<Stage["start"]>>;
const healthyOf = (controller: Controller, key: "shop/web" | "shop/api" = "shop/web") =>
  controller.surface.service(key)?.conditions.find(({ type }) => type === "Healthy");

describe("a probed service", () => {
  it("is promoted once it has been ready for its monitor time, not before", async () => {
    const stage = await open();
    const { clock } = stage.engine;
    stage.prober.answer = (_container, runningMs) => (runningMs >= 5_000 ? ready : refused);
    stage.push("a", mute);
    const controller = await stage.start();
    await stage.until("it has started", () => inRole(stage, "next")?.state === "running");
    const startedAt = clock.now();
    await stage.pass(4_000);
    expect(controller.surface.service("shop/web")?.conditions[0]).toMatchObject({
      reason: "WaitingForHealth",
      message: "its health check has not passed yet: http on port 80: connection refused",
    });
    await running(stage, "a");
    const tookMs = clock.now() - startedAt;
    expect(tookMs).toBeGreaterThanOrEqual(5_000 + 5_000 - 100);
    expect(tookMs).toBeLessThanOrEqual(5_000 + 1_000 + 5_000 + 500);
    await stage.until("healthy", () => healthyOf(controller)?.status === "True");
  });

  it("that is never ready: its first start is left to get ready, with the reason", async () => {
    const stage = await open();
    stage.prober.answer = () => refused;
    stage.push("a", mute);
    const controller = await stage.start();
    await stage.until("said", () => controller.surface.service("shop/web")?.health === "Degraded");
    await stage.pass(60_000);
    expect(inRole(stage, "active")).toBeUndefined();
    expect(inRole(stage, "next")).toMatchObject({ state: "running" });
    expect(controller.surface.service("shop/web")?.conditions[0]?.message).toContain(refused.message);
    stage.prober.answer = () => ready;
    await running(stage, "a");
  });

  it("with a bad new image: rolled back and held while the old one was never touched", async () => {
    const stage = await open();
    stage.push("a", mute);
    const controller = await stage.start();
    await running(stage, "a");
    const before = inRole(stage, "active");
    stage.prober.answer = (container) => (isOf("b")(container) ? { kind: "failed", message: "status 500" } : ready);
    stage.push("b", mute);
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    expect(controller.surface.service("shop/web")).toMatchObject({
      health: "Healthy",
      lastRollout: { outcome: "rolled-back" },
    });
    expect(controller.surface.service("shop/web")?.conditions[0]?.message).toContain(
      "its health check fails: status 500",
    );
    expect(inRole(stage, "active")).toEqual(before);
    const asked = stage.prober.asked.length;
    await stage.pass(10_000);
    expect(new Set(stage.prober.asked.slice(asked))).toEqual(new Set(["shop-web-1"]));
  });

  it("that fails within its monitor time is not promoted", async () => {
    const stage = await open();
    stage.prober.answer = (_container, runningMs) => (runningMs < 1_500 ? ready : refused);
    const patient = specOf({
      probe: { ...probe, intervalMs: 500 },
      update: { monitorMs: 10_000, failureActionGiven: true },
    });
    stage.specs.splice(0, 1, patient);
    stage.push("a", mute);
    const controller = await stage.start();
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    expect(inRole(stage, "active")).toBeUndefined();
  });

  it("needs Docker's own check as well, where there is one", async () => {
    const stage = await open();
    stage.push("a", { healthyAfterMs: "never" });
    const controller = await stage.start();
    await stage.until("said", () => controller.surface.service("shop/web")?.health === "Degraded");
    await stage.pass(30_000);
    expect(inRole(stage, "active")).toBeUndefined();
    expect(stage.prober.asked).not.toEqual([]);
  });

  it("whose serving container stops answering: said at once, nothing is touched, and said when it answers again", async () => {
    const stage = await open();
    stage.push("a", mute);
    const controller = await stage.start();
    await running(stage, "a");
    await stage.until("healthy", () => healthyOf(controller)?.status === "True");
    const before = inRole(stage, "active");
    stage.prober.answer = () => refused;
    const beganAt = stage.engine.clock.now();
    await stage.until("unhealthy", () => healthyOf(controller)?.status === "False");
    expect(stage.engine.clock.now() - beganAt).toBeLessThanOrEqual(probe.retries * probe.intervalMs + 300);
    expect(healthyOf(controller)?.message).toBe(
      "shop-web-1 is running, health unhealthy: http on port 80: connection refused",
    );
    expect(controller.surface.service("shop/web")?.health).toBe("Degraded");
    stage.prober.answer = () => ready;
    const mendedAt = stage.engine.clock.now();
    await stage.until("healthy again", () => healthyOf(controller)?.status === "True");
    expect(stage.engine.clock.now() - mendedAt).toBeLessThanOrEqual(probe.intervalMs + 300);
    expect(inRole(stage, "active")).toEqual(before);
  });

  it("that cannot be asked keeps its health, and says why while it has none", async () => {
    const stage = await open();
    stage.push("a", mute);
    const controller = await stage.start();
    await running(stage, "a");
    stage.prober.answer = () => ({ kind: "unknown", message: "connect Fairlead to shop_default" });
    await stage.pass(10_000);
    expect(healthyOf(controller)?.status).toBe("True");
    stage.engine.kill(inRole(stage, "active")?.id ?? "");
    await stage.until("it runs again", () => inRole(stage, "active")?.state === "running");
    await stage.pass(20_000);
    controller.surface.reconcile(["shop/web"], "a person");
    await stage.pass(1_000);
    expect(healthyOf(controller)?.message).toBe(
      "shop-web-1 is running, health starting: connect Fairlead to shop_default",
    );
    expect(inRole(stage, "active")?.state).toBe("running");
  });

  it("gets a changed probe without a new container", async () => {
    const stage = await open();
    stage.push("a", mute);
    const controller = await stage.start();
    await running(stage, "a");
    const before = inRole(stage, "active");
    stage.specs.splice(0, 1, specOf({ probe: { ...probe, intervalMs: 30_000 } }));
    stage.reload();
    await stage.pass(5_000);
    const asked = stage.prober.asked.length;
    await stage.pass(25_000);
    expect(stage.prober.asked.length - asked).toBeLessThanOrEqual(1);
    stage.specs.splice(0, 1, specOf());
    stage.reload();
    await stage.pass(1_000);
    const last = stage.prober.asked.length;
    await stage.pass(35_000);
    expect(stage.prober.asked).toHaveLength(last);
    expect(inRole(stage, "active")).toEqual(before);
    expect(healthyOf(controller)?.status).toBe("True");
  });

  it("keeps the probe of its older spec while the new spec is tried", async () => {
    const stage = await open();
    stage.push("a", mute);
    const controller = await stage.start();
    await running(stage, "a");
    const moved = specOf({ probe: { ...probe, intervalMs: 500 }, container: { user: "1000" } });
    const revisions: number[] = [];
    stage.prober.answer = (container) => {
      revisions.push(container.revision);
      return container.revision === 1 ? ready : refused;
    };
    stage.specs.splice(0, 1, moved);
    stage.reload();
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    expect(controller.surface.service("shop/web")?.health).toBe("Healthy");
    revisions.splice(0);
    await stage.pass(20_000);
    expect(revisions.length).toBeGreaterThanOrEqual(8);
    expect(revisions.length).toBeLessThanOrEqual(11);
  });

  it("lets those who wait for its health begin", async () => {
    const api = specOf({
      name: "api",
      image: { registry: "docker.io", repository: "acme/api", tag: "latest", digest: undefined },
      networks: [{ network: defaultNetwork, aliases: ["api"] }],
      dependsOn: [{ service: "web", condition: "service_healthy" }],
    });
    const stage = await open([specOf({ probe }), api]);
    stage.prober.answer = (_container, runningMs) => (runningMs >= 4_000 ? ready : refused);
    stage.push("a", mute);
    stage.push("b", mute, api);
    await stage.start();
    await stage.until("web has started", () => inRole(stage, "next")?.state === "running");
    const startedAt = stage.engine.clock.now();
    await stage.until("api has started", () => inRole(stage, "next", "api")?.state === "running");
    const waitedMs = stage.engine.clock.now() - startedAt;
    expect(waitedMs).toBeGreaterThanOrEqual(3_800);
    expect(waitedMs).toBeLessThanOrEqual(5_500);
  });
});

describe("a restart of Fairlead", () => {
  it("touches no serving container, and asks it anew", async () => {
    const stage = await open();
    stage.push("a", mute);
    const first = await stage.start();
    await running(stage, "a");
    const before = inRole(stage, "active");
    await first.stop();
    const asked = stage.prober.asked.length;
    await stage.pass(20_000);
    expect(stage.prober.asked).toHaveLength(asked);
    stage.prober.answer = () => refused;
    const second = await stage.start();
    await stage.until("unhealthy", () => healthyOf(second)?.message.includes("unhealthy") ?? false);
    await stage.pass(30_000);
    expect(inRole(stage, "active")).toEqual(before);
    stage.prober.answer = () => ready;
    await stage.until("healthy", () => healthyOf(second)?.status === "True");
    expect(inRole(stage, "active")).toEqual(before);
  });

  it("long after a trial began does not end it: nobody had asked meanwhile", async () => {
    const stage = await open();
    stage.push("a", mute);
    stage.prober.answer = () => refused;
    const first = await stage.start();
    await stage.until("it has started", () => inRole(stage, "next")?.state === "running");
    await first.stop();
    await stage.pass(60_000);
    const cameBackAt = stage.engine.clock.now();
    stage.prober.answer = () => (stage.engine.clock.now() > cameBackAt + 4_000 ? ready : refused);
    const second = await stage.start();
    await running(stage, "a");
    expect(inRole(stage, "failed")).toBeUndefined();
    await stage.until("healthy", () => healthyOf(second)?.status === "True");
  });
});

describe("many probes", () => {
  it("are asked so many at once, however many hang, and none twice at once", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `s${index}`);
    const specs = names.map((name) =>
      specOf({ name, probe: { ...probe, intervalMs: 1_000, timeoutMs: 5_000, retries: 50 } }),
    );
    const stage = await open(specs);
    for (const spec of specs) stage.push("a", mute, spec);
    stage.prober.answer = () => "hangs";
    const controller = await stage.start();
    await stage.until("all have been asked", () => new Set(stage.prober.asked).size === 40);
    expect(stage.prober.most).toBe(32);
    stage.prober.answer = () => ready;
    await stage.until("all are healthy", () =>
      specs.every(({ name }) => controller.surface.service(`shop/${name}`)?.health === "Healthy"),
    );
    await controller.stop();
    expect(stage.prober.underWay).toBe(0);
  });

  it("end with their service", async () => {
    const stage = await open([specOf({ probe }), specOf({ name: "other" })]);
    stage.push("a", mute);
    const controller = await stage.start();
    await running(stage, "a");
    stage.specs.splice(0, 1);
    stage.reload();
    const isOrphan = () =>
      controller.surface.service("shop/web")?.conditions.some(({ reason }) => reason === "Orphaned");
    await stage.until("an orphan", () => isOrphan() === true);
    const asked = stage.prober.asked.length;
    await stage.pass(20_000);
    expect(stage.prober.asked).toHaveLength(asked);
    expect(inRole(stage, "active")?.state).toBe("running");
  });
});
