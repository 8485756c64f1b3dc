import { afterEach, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import { digestOf, port8080, specOf } from "../../../plan/world.js";
import { openStage } from "../stage.js";
import type { Stage } from "../stage.js";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const refused = "failed to initialize logging driver: dial tcp 127.0.0.1:5514: connect: connection refused";
const logged = specOf({
  update: { monitorMs: 500 },
  container: {
    ports: [port8080],
    logging: { driver: "syslog", options: { "syslog-address": "tcp://127.0.0.1:5514" } },
  },
});
const plain = specOf({ update: { monitorMs: 500 }, container: { ports: [port8080] } });

async function serving(spec: ServiceSpec) {
  const stage = await openStage([spec]);
  stages.push(stage);
  stage.push("a", { check: "none" });
  const controller = await stage.start();
  const status = () => controller.surface.service("shop/web")!;
  await stage.until("a serves", () => status().sync === "Synced");
  stage.push("b", { check: "none" });
  controller.surface.reconcile(["shop/web"], "hook");
  const active = () => stage.engine.world.host.containers.find(({ name }) => name === "shop-web-1");
  return { stage, controller, status, active };
}

it("a log server that is down stops nobody and holds nothing, and the new image comes when it is back", async () => {
  const { stage, status, active } = await serving(logged);
  stage.engine.lacks = () => refused;
  const before = active();
  await stage.until("it is told", () => status().conditions[0]?.reason === "StartRefused");
  await stage.pass(120_000);
  expect(active()).toMatchObject({ id: before?.id, startedAt: before?.startedAt, state: "running" });
  expect(status()).toMatchObject({ sync: "OutOfSync", health: "Healthy" });
  expect(status().conditions[0]?.message).toContain("connection refused");
  stage.engine.lacks = () => undefined;
  await stage.until("b serves", () => status().sync === "Synced" && status().activeDigest === digestOf("b"));
  expect(status().lastRollout).toMatchObject({ outcome: "promoted" });
});

it("what only the new one's start could tell brings the old one back, holds nothing, and is tried later and later", async () => {
  const { stage, controller, status, active } = await serving(plain);
  const before = active();
  const starts = { refused: 0 };
  stage.engine.lacks = () => {
    const isNew = stage.engine.world.host.containers.some(({ role, state }) => role === "next" && state === "created");
    if (isNew) starts.refused += 1;
    return isNew ? "write /var/lib/docker/x: no space left on device" : undefined;
  };
  await stage.until("it was tried", () => starts.refused > 0);
  // At once, and after 10, 20 and 40 s.
  await stage.pass(75_000);
  expect(active()).toMatchObject({ id: before?.id, state: "running" });
  expect(status()).toMatchObject({ sync: "OutOfSync", health: "Healthy" });
  expect(starts.refused).toBe(4);
  await controller.stop();
  const second = await stage.start();
  await stage.pass(30_000);
  expect(starts.refused, "the journal counts them over a restart").toBe(4);
  stage.engine.lacks = () => undefined;
  await stage.until("b serves", () => second.surface.service("shop/web")?.activeDigest === digestOf("b"));
});
