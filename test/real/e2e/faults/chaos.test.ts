import { randomInt } from "node:crypto";
import { inject } from "vitest";
import { runChaos } from "../../../load/chaos.js";
import { openImageShop } from "../../../load/image.js";
import { publishHaproxy } from "../../../sandbox/proxies/haproxy.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { test } from "../scene/scene.js";

test("killed at a random point of every rollout behind a gate: no request fails, and all converges", async ({
  scene,
  expect,
  onTestFailed,
}) => {
  const seed = randomInt(2 ** 31);
  const lines = [`seed ${seed}`];
  onTestFailed(() => {
    console.error(lines.join("\n"));
  });
  await publishHaproxy(inject("registryUrl"));
  const shop = await openImageShop(inject("registryUrl"), scene.image());
  const port = await freePort();
  const digest = await shop.publish("latest", { version: "v0", behaviour: "good" });
  await scene.write({ web: { ports: [`127.0.0.1:${port}:8080`], "x-fairlead": { gate: "http" } } });
  await scene.start();
  await scene.untilServing(digest);
  const report = await runChaos(
    {
      url: `http://127.0.0.1:${port}`,
      shop,
      tag: "latest",
      serving: { version: "v0", digest },
      fairlead: () => scene.fairlead,
      restart: async () => {
        await scene.start();
      },
      hook: () => scene.hook(),
      status: () => scene.status(),
      containers: () => scene.containers(),
    },
    { rollouts: 6, seed, ratePerSecond: 300, say: (line) => lines.push(line) },
  );
  expect(report.load.examples).toEqual([]);
  expect(report.load.failed).toBe(0);
  expect(report.left).toEqual([]);
  expect(report.deaths).toHaveLength(6);
});
