import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { assertKnown } from "../../../proxy/strange.js";
import { startCountingProxy } from "../../../sandbox/proxies/counting-proxy.js";
import { order, test, type Scene } from "../scene/scene.js";

/** Healthy at the first check; what is not by then has 10.8 s. */
const brief = { intervalMs: 400, timeoutMs: 5_000, retries: 1 } as const;

describe.concurrent("nobody is judged on old facts", () => {
  for (const strategy of ["start-first", "stop-first"] as const) {
    test(`a controller that is frozen in a health wait holds no good image (${strategy})`, async ({
      scene,
      expect,
    }) => {
      const first = await scene.push({ healthcheck: brief });
      await scene.write({ web: order(strategy) });
      await scene.start();
      await scene.untilServing(first.digest);
      const second = await scene.push({ healthcheck: brief });
      await scene.hook();
      await scene.until("the new one runs", async () => (await nextOf(scene))?.state === "running");
      process.kill(scene.fairlead.pid, "SIGSTOP");
      await sleep(12_000);
      process.kill(scene.fairlead.pid, "SIGCONT");
      await scene.untilServing(second.digest);
      expect(await scene.journal()).not.toContain('"type":"hold"');
    });
  }

  test("an event stream that is open and silent loses nothing", async ({ scene, expect }) => {
    const proxy = await startCountingProxy(scene.engineHost.replace(/^unix:\/\//, ""));
    try {
      await scene.stage({ engineHost: proxy.host });
      const first = await scene.push({ healthcheck: brief });
      await scene.write({ web: order("start-first") });
      await scene.start();
      await scene.untilServing(first.digest);
      proxy.silence();
      const second = await scene.push({ healthcheck: brief });
      await scene.hook();
      await scene.untilServing(second.digest);
      expect(await scene.journal()).not.toContain('"type":"hold"');
      proxy.silence();
      const { id } = (await scene.active())!;
      await scene.docker.getContainer(id).stop({ t: 1 });
      await scene.until("it is started again", async () => (await scene.active())?.state === "running");
    } finally {
      await proxy.close();
      assertKnown(proxy.made);
    }
  });
});

async function nextOf(scene: Scene) {
  return (await scene.containers()).find(({ name }) => name.endsWith(".next"));
}
