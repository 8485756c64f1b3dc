import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, inject } from "vitest";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { faultProxy } from "../../../sandbox/proxies/fault-proxy.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { lookAt, runForeign } from "../scene/host.js";
import { order, quick, test } from "../scene/scene.js";

describe.concurrent("a push while a rollout runs", () => {
  test.for(["start-first", "stop-first"] as const)(
    "%s: two in a row, and the newer wins",
    async (strategy, { scene, expect }) => {
      const first = await scene.push();
      await scene.write({ web: order(strategy, { monitor: "3s" }) });
      await scene.start();
      await scene.untilServing(first.digest);
      const second = await scene.push();
      await scene.hook();
      await scene.until("the second one to start", async () =>
        (await scene.containers()).some(({ digest, state }) => digest === second.digest && state === "running"),
      );
      const third = await scene.push();
      await scene.hook();
      const fourth = await scene.push();
      await scene.hook();
      await scene.untilServing(fourth.digest);
      const metrics = await scene.metrics();
      const outcome = (name: string) => metrics.value("fairlead_rollouts_total", { service: "web", outcome: name });
      expect(outcome("promoted"), "the first start and the last push").toBe(2);
      expect(outcome("superseded")).toBeGreaterThanOrEqual(1);
      expect(outcome("rolled-back")).toBe(0);
      const names = (await scene.containers()).map(({ name, digest }) => [name, digest]);
      expect(names).toEqual([
        [`${scene.project}-web-1`, fourth.digest],
        [`${scene.project}-web-1.previous`, first.digest],
      ]);
      expect(third.digest).not.toBe(fourth.digest);
    },
  );

  test("a good one after a bad one that has not failed yet: the bad one is not waited for", async ({
    scene,
    expect,
  }) => {
    const first = await scene.push();
    await scene.write({ web: order("start-first") });
    await scene.start();
    await scene.untilServing(first.digest);
    const bad = await scene.push({
      behaviour: "never-healthy",
      healthcheck: { ...quick, startPeriodMs: 60_000 },
    });
    await scene.hook();
    await scene.until("the bad one", async () =>
      (await scene.containers()).some(({ digest, state }) => digest === bad.digest && state === "running"),
    );
    const good = await scene.push();
    await scene.hook();
    await scene.untilServing(good.digest);
    expect(await scene.journal()).not.toContain(`"type":"hold"`);
  });

  test("during a slow pull: it is not lost", async ({ scene, expect, onTestFinished }) => {
    const proxy = await faultProxy(inject("registryUrl"));
    onTestFinished(() => proxy.stop());
    const first = await scene.push();
    await scene.write({ web: { image: `${proxy.host}/${scene.image()}` } });
    await scene.start();
    await scene.untilServing(first.digest);
    const look = () =>
      fetch(`${scene.fairlead.hooksUrl}/hooks/generic/${scene.hookSecret}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ image: `${proxy.host}/${scene.image()}` }),
      });
    proxy.inject({ method: "GET", path: /\/blobs\// }, { delayMs: 4_000 });
    const second = await scene.push();
    await look();
    await scene.until("the slow pull", () => proxy.count({ method: "GET", path: /\/blobs\// }) > 0);
    const third = await scene.push();
    expect((await look()).status).toBe(202);
    await scene.untilServing(third.digest);
    expect((await scene.containers()).map(({ digest }) => digest)).not.toContain(second.digest);
  });

  test("a burst of webhooks: one rollout, and few looks", async ({ scene, expect }) => {
    const first = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(first.digest);
    await scene.hook();
    const second = await scene.push();
    const runs = async () => (await scene.metrics()).value("fairlead_reconcile_total", { service: "web" }) ?? 0;
    const before = await runs();
    await Promise.all(Array.from({ length: 200 }, () => scene.hook()));
    await scene.untilServing(second.digest);
    expect((await scene.status())?.revision).toBe(2);
    expect((await runs()) - before).toBeLessThan(30);
  });
});

describe.concurrent("a port that somebody else has", () => {
  test("at the first start: tried until it is free", async ({ scene, expect }) => {
    const port = await freePort();
    const squatter = createServer().listen(port, "127.0.0.1");
    await once(squatter, "listening");
    const { digest } = await scene.push();
    await scene.write({ web: { ports: [`127.0.0.1:${port}:8080`] } });
    await scene.start();
    await scene.untilStatus(isOccupied);
    await sleep(1_000);
    squatter.close();
    await once(squatter, "close");
    await scene.untilServing(digest);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("v1\n");
    expect(await scene.containers()).toHaveLength(1);
  });

  test("a container, at a rollout: named, nobody stopped, and it goes on by itself", async ({ scene, expect }) => {
    const [mine, theirs] = [await freePort(), await freePort()];
    const { digest } = await scene.push();
    await scene.write({ web: { ports: [`127.0.0.1:${mine}:8080`] } });
    await scene.start();
    await scene.untilServing(digest);
    const serving = await lookAt(scene.docker, (await scene.active())!.id);
    const name = `${scene.project}-squatter`;
    const squatter = await runForeign(scene.docker, `${scene.image()}@${digest}`, {
      name,
      port: theirs,
      project: scene.project,
    });
    const before = await lookAt(scene.docker, squatter.id);
    await scene.write({ web: { ports: [`127.0.0.1:${theirs}:8080`] } });
    const { conditions } = await scene.untilStatus(isOccupied);
    expect(conditions[0]?.message).toBe(`port 127.0.0.1:${theirs} is that of ${name}, which is not Fairlead's`);
    expect(await lookAt(scene.docker, (await scene.active())!.id)).toEqual(serving);
    expect(await (await fetch(`http://127.0.0.1:${mine}/`)).text()).toBe("v1\n");
    expect(await lookAt(scene.docker, squatter.id)).toEqual(before);
    await squatter.remove({ force: true });
    await scene.untilStatus(({ sync, revision }) => sync === "Synced" && revision !== 1);
    await scene.untilServing(digest);
    expect(await (await fetch(`http://127.0.0.1:${theirs}/`)).text()).toBe("v1\n");
  });

  test("a process of the host, at a rollout: the old one serves again, and nothing is held", async ({
    scene,
    expect,
  }) => {
    const [mine, theirs] = [await freePort(), await freePort()];
    const squatter = createServer().listen(theirs, "127.0.0.1");
    await once(squatter, "listening");
    const { digest } = await scene.push();
    await scene.write({ web: { ports: [`127.0.0.1:${mine}:8080`] } });
    await scene.start();
    await scene.untilServing(digest);
    const { id } = (await scene.active())!;
    await scene.write({ web: { ports: [`127.0.0.1:${theirs}:8080`] } });
    await scene.untilStatus((status) => isOccupied(status) && status.health === "Healthy");
    expect(await scene.active()).toMatchObject({ id, state: "running" });
    expect(await (await fetch(`http://127.0.0.1:${mine}/`)).text()).toBe("v1\n");
    squatter.close();
    await once(squatter, "close");
    await scene.untilStatus(({ sync, revision }) => sync === "Synced" && revision !== 1);
    await scene.untilServing(digest);
    expect(await (await fetch(`http://127.0.0.1:${theirs}/`)).text()).toBe("v1\n");
  });
});

const isOccupied = ({ conditions }: ServiceStatus) =>
  conditions.some(({ type, reason }) => type === "Ready" && reason === "PortConflict");
