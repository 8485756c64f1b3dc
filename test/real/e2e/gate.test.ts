import { inject, type ExpectStatic } from "vitest";
import { openImageShop } from "../../load/image.js";
import { startLoad, type Load } from "../../load/load.js";
import { freePort } from "../../sandbox/fairlead.js";
import { publishHaproxy } from "../../sandbox/haproxy.js";
import { order, test, type Scene } from "./scene.js";

const modes = ["http", "tcp"] as const;
/** As many as the load has by itself. */
const keptClients = 8;

test.for(modes)(
  "gate %s: nothing is lost in an update, nor by a bad image",
  { timeout: 180_000 },
  async (mode, { scene, expect }) => {
    const { load, publish } = await serve(scene, expect, { gate: mode });
    try {
      const good = await publish("v2", "good");
      await load.settled("v2");
      await scene.untilServing(good);
      await publish("v3", "exit");
      await scene.untilStatus(({ sync }) => sync === "Held");
      await publish("v4", "unhealthy");
      await scene.untilStatus(({ lastRollout }) => lastRollout?.outcome === "rolled-back");
      const { clients, examples, versions } = await load.stop();
      expect(clients.fresh.failed, examples.join("\n")).toBe(0);
      // A connection belongs to one container: when that ends it, a request may be on its way.
      expect(clients.kept.failed, examples.join("\n")).toBeLessThanOrEqual(mode === "http" ? 0 : keptClients);
      expect(Object.keys(versions).sort()).toEqual(["v1", "v2"]);
    } finally {
      await load.stop();
    }
  },
);

test(
  "gate http: what must stop first lets requests wait, and loses none",
  { timeout: 120_000 },
  async ({ scene, expect }) => {
    const { load, publish } = await serve(scene, expect, { gate: "http" }, order("stop-first"));
    try {
      await publish("v2", "good");
      await load.settled("v2");
      const report = await load.stop();
      expect(report.examples).toEqual([]);
      expect(report.failed).toBe(0);
    } finally {
      await load.stop();
    }
  },
);

/** `web` at a published port through a gate, running v1 and under load. */
async function serve(
  scene: Scene,
  expect: ExpectStatic,
  extension: object,
  deploy: object = {},
): Promise<{ load: Load; publish: (version: string, behaviour: "good" | "exit" | "unhealthy") => Promise<string> }> {
  await publishHaproxy(inject("registryUrl"));
  const shop = await openImageShop(inject("registryUrl"), scene.image());
  const port = await freePort();
  await scene.write({
    web: { ports: [`127.0.0.1:${port}:8080`], "x-fairlead": { drain: "3s", ...extension }, ...deploy },
  });
  const first = await shop.publish("latest", { version: "v1", behaviour: "good" });
  await scene.start();
  await scene.untilServing(first);
  const load = startLoad({ url: `http://127.0.0.1:${port}`, ratePerSecond: 300 });
  await load.settled("v1");
  // What came before the gate was open was refused, as it should be.
  expect(load.report().versions).toHaveProperty("v1");
  return {
    load,
    publish: async (version, behaviour) => {
      const digest = await shop.publish("latest", { version, behaviour });
      expect((await scene.hook()).status).toBe(202);
      return digest;
    },
  };
}
