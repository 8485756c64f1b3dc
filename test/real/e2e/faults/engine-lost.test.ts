import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, type ExpectStatic } from "vitest";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { assertKnown } from "../../../proxy/strange.js";
import { startCountingProxy } from "../../../sandbox/proxies/counting-proxy.js";
import { fairlead } from "../scene/cli.js";
import { ownEngine } from "../scene/own-engine.js";
import { order, test, type Scene } from "../scene/scene.js";

/** Twice the patience that Fairlead itself has with an engine that hangs up. */
const blinkMs = 4_000;
const trialMs = 3_000;
const services = ["web", "off", "trial"];

describe("an engine that goes away", () => {
  test.for(["killed", "frozen"] as const)(
    "and is %s: told by all who say how services stand, judged by nobody, and over when it is back",
    async (how, { scene, expect, onTestFinished }) => {
      const { engine } = await ownEngine(scene, onTestFinished);
      const first = await scene.push();
      const good = await scene.push({ name: "trial" });
      await scene.write({
        web: {},
        off: { image: scene.image(), "x-fairlead": { stopped: true } },
        trial: order("start-first", { monitor: `${trialMs}ms` }),
      });
      await scene.start();
      await scene.untilServing(first.digest);
      await scene.untilServing(good.digest, "trial");
      await scene.untilStatus(({ sync }) => sync === "Stopped", "off");
      expect(await standingOf(scene)).toEqual({ ready: 200, up: 1 });
      const next = await scene.push({ name: "trial" });
      await scene.hook({ name: "trial" });
      await scene.untilStatus(({ lastRollout }) => lastRollout?.to === next.digest, "trial");

      const from = scene.fairlead.logs.length;
      if (how === "killed") await engine.kill();
      else process.kill(engine.pid, "SIGSTOP");
      const wentAway = Date.now();
      const comesBack = once(async () => {
        if (how === "killed") await engine.restart();
        else process.kill(engine.pid, "SIGCONT");
      });
      try {
        await untilTold(scene);
        const isSaid = ({ msg }: { readonly msg?: unknown }) => String(msg).startsWith("the engine cannot be reached");
        await scene.fairlead.waitForLog(isSaid, from);
        await isUnknown(scene, expect);
        expect(await healthcheck(scene.fairlead.adminUrl), "no restart of Fairlead would help").toBe(0);
        const newer = await scene.push();
        expect((await scene.hook()).status, "hooks are taken all the same").toBe(202);
        // Whoever looks while nothing can be seen sees no more than that, however long the trial may have lasted by now.
        await sleep(Math.max(2_000, wentAway + 3 * trialMs - Date.now()));
        await isUnknown(scene, expect);
        const trial = await scene.status("trial");
        expect([trial?.lastRollout?.to, trial?.lastRollout?.outcome]).toEqual([next.digest, undefined]);
        await comesBack();
        await scene.untilServing(newer.digest);
      } finally {
        await comesBack();
      }
      const { lastRollout } = await scene.untilServing(next.digest, "trial");
      expect(lastRollout).toMatchObject({ to: next.digest, outcome: "promoted" });
      expect(await scene.status("off")).toMatchObject({ sync: "Stopped", health: "Missing" });
      expect(await standingOf(scene)).toEqual({ ready: 200, up: 1 });
      expect((await statusOnPaper(scene)).notices).toEqual([]);
      expect(await scene.journal()).not.toContain('"type":"hold"');
    },
  );

  test("for a moment only, as behind a proxy that cuts long streams: there is nothing to tell", async ({
    scene,
    expect,
  }) => {
    const proxy = await startCountingProxy(scene.engineHost.replace(/^unix:\/\//, ""));
    try {
      await scene.stage({ engineHost: proxy.host });
      const { digest } = await scene.push();
      await scene.write({ web: {} });
      await scene.start();
      await scene.untilServing(digest);
      const from = scene.fairlead.logs.length;
      await proxy.interrupt(100);
      for (const until = Date.now() + blinkMs; Date.now() < until;) {
        await sleep(50);
        expect(await standingOf(scene)).toEqual({ ready: 200, up: 1 });
        expect(await scene.status()).toMatchObject({ sync: "Synced" });
      }
      const said = scene.fairlead.logs.slice(from).map(({ msg }) => msg);
      expect(said).toContain("connected to the engine again; looking at everything");
    } finally {
      await proxy.close();
      assertKnown(proxy.made);
    }
  });

  test("before it was ever seen: what nobody has looked at is not missing", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { engine } = await ownEngine(scene, onTestFinished);
    await engine.kill();
    const comesBack = once(() => engine.restart());
    try {
      const { digest } = await scene.push();
      await scene.write({ web: {} });
      await scene.start({ awaitReady: false });
      await scene.fairlead.waitForLog(({ msg }) => msg === "listening");
      const status = await scene.until("the services file", () => scene.status());
      expect(status).toMatchObject({ sync: "Unknown", health: "Unknown" });
      expect(await standingOf(scene)).toEqual({ ready: 503, up: 0 });
      expect((await statusOnPaper(scene)).notices).toEqual([expect.stringContaining("it has not answered yet")]);
      await comesBack();
      await scene.untilServing(digest);
      expect(await standingOf(scene)).toEqual({ ready: 200, up: 1 });
    } finally {
      await comesBack();
    }
  });
});

/** Whoever calls it first has it done, and all wait for the same end. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}

/** `/readyz` and the metric. */
async function standingOf(scene: Scene) {
  const { status: ready } = await fetch(`${scene.fairlead.adminUrl}/readyz`);
  return { ready, up: (await scene.metrics()).value("fairlead_engine_up") };
}

/** The exit code of what the image's HEALTHCHECK runs in the container. */
async function healthcheck(adminUrl: string): Promise<number> {
  const dockerfile = await readFile(new URL("../../../../Dockerfile", import.meta.url), "utf8");
  const [, list = "[]"] = /^HEALTHCHECK .*CMD (\[.*\])$/m.exec(dockerfile.replaceAll("\\\n", "")) ?? [];
  const [program = "", ...args] = JSON.parse(list) as string[];
  const env = { PATH: process.env["PATH"] ?? "", FAIRLEAD_ADMIN_LISTEN: new URL(adminUrl).host };
  return new Promise((resolve) => {
    execFile(program, args, { env }, (error) => {
      resolve(error === null ? 0 : Number(error.code ?? -1));
    });
  });
}

/** As `fairlead status` prints it: each service's `SYNC HEALTH`, and what it says of the engine. */
async function statusOnPaper(scene: Scene) {
  const { stdout } = await fairlead(["status", "--admin", scene.fairlead.adminUrl]);
  const lines = stdout.split("\n");
  const rows = lines.flatMap((line) => {
    const [name = "", , sync = "", health = ""] = line.split(/ +/);
    return name.startsWith(`${scene.project}/`) && !name.endsWith(":")
      ? [[name.split("/")[1]!, `${sync} ${health}`]]
      : [];
  });
  return {
    rows: Object.fromEntries(rows) as Record<string, string>,
    notices: lines.filter((line) => line.startsWith("engine: ")),
  };
}

async function untilTold(scene: Scene): Promise<void> {
  await scene.until("503", async () => (await standingOf(scene)).ready === 503);
}

async function isUnknown(scene: Scene, expect: ExpectStatic): Promise<void> {
  const condition = expect.objectContaining({ status: "Unknown", reason: "EngineUnavailable" }) as unknown;
  for (const service of services) {
    const status = (await scene.status(service))!;
    expect([service, status.sync, status.health]).toEqual([
      service,
      service === "off" ? "Stopped" : "Unknown",
      "Unknown",
    ]);
    for (const type of ["Ready", "Progressing", "Healthy"]) expect(conditionOf(status, type)).toEqual(condition);
    expect(conditionOf(status, "SpecValid")).toMatchObject({ status: "True" });
  }
  expect(await standingOf(scene)).toEqual({ ready: 503, up: 0 });
  const metrics = await scene.metrics();
  const labels = { project: scene.project, service: "web", type: "Ready" };
  expect(metrics.value("fairlead_service_condition", { ...labels, status: "Unknown" })).toBe(1);
  const { rows, notices } = await statusOnPaper(scene);
  expect(rows).toEqual({ web: "Unknown Unknown", trial: "Unknown Unknown", off: "Stopped Unknown" });
  expect(notices).toEqual([expect.stringMatching(/^engine: it has been unreachable since \d{4}-\S+ \(/)]);
}

function conditionOf({ conditions }: ServiceStatus, type: string) {
  return conditions.find((one) => one.type === type);
}
