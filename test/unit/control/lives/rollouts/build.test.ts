import { afterEach, describe, expect, it } from "vitest";
import { formatImage } from "../../../../../src/compose/values/image.js";
import type { Behaviour } from "../../../../simulator/behaviour.js";
import { digestOf, specOf } from "../../../plan/world.js";
import { mortal, openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const folder = "/srv/web";
const spec = specOf({ build: { context: { kind: "path", path: folder }, args: {}, labels: {} } });
const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

async function open(...specs: Parameters<typeof openStage>): Promise<Stage> {
  const stage = await openStage(...specs);
  stages.push(stage);
  return stage;
}

function write(stage: Stage, page: string, behaviour: Behaviour = {}, dockerfile = "FROM scratch\nCOPY page /"): void {
  stage.contexts.folders.set(folder, { Dockerfile: dockerfile, page, "behaviour.json": JSON.stringify(behaviour) });
}

const active = (stage: Stage) => stage.engine.world.host.containers.find(({ role }) => role === "active");
const builds = (stage: Stage) => stage.engine.counts.calls.get("build") ?? 0;

async function untilRuns(stage: Stage, other?: string): Promise<string> {
  await stage.until("it runs", () => {
    const { containers } = stage.engine.world.host;
    const one = active(stage);
    return one?.state === "running" && one.digest !== other && !containers.some(({ role }) => role === "next");
  });
  return active(stage)?.digest ?? "";
}

describe("a service that is built", () => {
  it("runs what its folder holds, and what it holds next when somebody says so", async () => {
    const stage = await open([spec]);
    write(stage, "one");
    const controller = await stage.start();
    const first = await untilRuns(stage);
    expect(controller.surface.service("shop/web")).toMatchObject({ desiredDigest: first });
    await stage.pass(5_000);
    expect(builds(stage)).toBe(1);
    write(stage, "two");
    controller.surface.reconcile(["shop/web"], "hook");
    const second = await untilRuns(stage, first);
    await stage.until("synced", () => controller.surface.service("shop/web")?.sync === "Synced");
    expect(controller.surface.service("shop/web")?.lastRollout).toMatchObject({
      from: first,
      to: second,
      outcome: "promoted",
    });
    expect(builds(stage)).toBe(2);
  });

  it("is built again on request, once for any number of requests, and rolls out nothing new", async () => {
    const stage = await open([spec]);
    write(stage, "one");
    const controller = await stage.start();
    const first = await untilRuns(stage);
    await stage.pass(5_000);
    await Promise.all([1, 2, 3].map(() => controller.surface.rebuild(["shop/web"], "hook")));
    await stage.until("a second build", () => builds(stage) === 2);
    await stage.until("synced", () => controller.surface.service("shop/web")?.sync === "Synced");
    await stage.pass(20_000);
    expect([builds(stage), active(stage)?.digest, active(stage)?.revision]).toEqual([2, first, 1]);
    expect(controller.surface.buildOutput("shop/web")?.lines).toContain("COPY page /");
  });

  it("stays as it is when a build fails, which is tried again on request only", async () => {
    const stage = await open([spec]);
    write(stage, "one");
    const controller = await stage.start();
    const first = await untilRuns(stage);
    write(stage, "two", {}, "FROM scratch\nQUUX");
    controller.surface.reconcile(["shop/web"], "hook");
    const failed = () =>
      controller.surface
        .service("shop/web")
        ?.conditions.some(({ type, reason }) => type === "Ready" && reason === "BuildFailed");
    await stage.until("failed", () => failed() === true);
    await stage.pass(60_000);
    expect([builds(stage), active(stage)?.digest]).toEqual([2, first]);
    await controller.stop();
    const again = await stage.start();
    await stage.pass(30_000);
    expect([builds(stage), again.surface.service("shop/web")?.health]).toEqual([2, "Healthy"]);
    await again.surface.rebuild(["shop/web"], "api");
    await stage.until("a third build", () => builds(stage) === 3);
    await stage.pass(20_000);
    expect([builds(stage), active(stage)?.digest]).toEqual([3, first]);
  });

  it("goes back when what was built is not well, and the bad image is held, not built again", async () => {
    const stage = await open([spec]);
    write(stage, "one");
    const controller = await stage.start();
    const first = await untilRuns(stage);
    write(stage, "two", { healthyAfterMs: "never" });
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    await stage.pass(60_000);
    expect([builds(stage), active(stage)?.digest]).toEqual([2, first]);
  });

  it("clears away its marks with what they mark", async () => {
    const stage = await open([{ ...spec, keep: 0 }]);
    write(stage, "one");
    const controller = await stage.start();
    const first = await untilRuns(stage);
    write(stage, "two");
    controller.surface.reconcile(["shop/web"], "hook");
    const second = await untilRuns(stage, first);
    await stage.until("one image", () => stage.engine.world.host.images.length === 1);
    const [image] = stage.engine.world.host.images;
    expect(image?.id).toBe(second);
    expect(image?.tags.filter((tag) => tag.startsWith("fairlead/built:"))).toHaveLength(1);
  });

  it("says what is wrong with its folder, and keeps what runs", async () => {
    const stage = await open([spec]);
    const controller = await stage.start();
    await stage.until("seen", () => controller.surface.service("shop/web")?.conditions[0]?.reason === "BuildFailed");
    expect(controller.surface.service("shop/web")?.conditions[0]?.message).toContain("does not exist");
    write(stage, "one");
    await untilRuns(stage);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])("survives a death around change %i of the host", async (call) => {
    for (const moment of ["before", "after"] as const) {
      const stage = await open([spec]);
      write(stage, "one");
      const { engine, dead } = mortal(stage.engine, { call, moment });
      void stage.start({ engine });
      await stage.until(
        "death or service",
        () => dead() || (active(stage)?.state === "running" && active(stage)?.restartPolicy.name === "always"),
      );
      const controller = await stage.start({ forgetful: true });
      await untilRuns(stage);
      await stage.until("synced", () => controller.surface.service("shop/web")?.sync === "Synced");
    }
  });

  it("is forecast without being built", async () => {
    const stage = await open([spec]);
    write(stage, "one", { pullMs: 60_000 });
    const controller = await stage.start();
    await stage.until("building", () => controller.surface.service("shop/web")?.conditions[0]?.reason === "Building");
    expect(controller.surface.service("shop/web")?.health).toBe("Progressing");
    stage.reload();
    const [plan] = await controller.surface.plan();
    expect(plan?.text).toMatch(/being built/);
    expect(builds(stage)).toBe(1);
  });
});

describe("pull_policy", () => {
  const never = specOf({ pullPolicy: { kind: "never" } });
  const missing = specOf({ pullPolicy: { kind: "missing" } });
  const hourly = specOf({ pullPolicy: { kind: "every", periodMs: 3_600_000 } });

  it("never: without an image on this host nothing is asked, and the reason is clear", async () => {
    const stage = await open([never]);
    stage.push("a", {});
    const controller = await stage.start();
    await stage.until("seen", () => controller.surface.service("shop/web")?.conditions[0]?.reason === "ImageNotFound");
    expect(controller.surface.service("shop/web")?.conditions[0]?.message).toMatch(
      /no image on this host is called acme\/web:latest/,
    );
    expect(stage.registry.asked).toEqual([]);
  });

  it("missing: pulls once, and then what bears the tag counts", async () => {
    const stage = await open([missing]);
    stage.push("a", {});
    const controller = await stage.start();
    await untilRuns(stage);
    stage.push("b", {});
    const asked = stage.registry.asked.length;
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.pass(20_000);
    expect([active(stage)?.digest, stage.registry.asked.length]).toEqual([digestOf("a"), asked]);
    expect(controller.surface.service("shop/web")?.sync).toBe("Synced");
  });

  it("every: asks once in the period, also over a restart, and at once for a hook", async () => {
    const stage = await open([hourly]);
    stage.push("a", {});
    const before = await stage.start();
    await untilRuns(stage);
    await stage.pass(5_000);
    await before.stop();
    const again = await stage.start();
    await stage.pass(5_000);
    expect(stage.registry.asked).toEqual([formatImage(hourly.image)]);
    stage.push("b", {});
    again.surface.reconcile(["shop/web"], "hook");
    expect(await untilRuns(stage, digestOf("a"))).toBe(digestOf("b"));
  });
});
