import { once } from "node:events";
import { connect as dial } from "node:net";
import { inject, type ExpectStatic } from "vitest";
import { answerBody } from "../../../load/answer.js";
import { openImageShop } from "../../../load/image.js";
import { startLoad, type Load } from "../../../load/load.js";
import type { Fault, Sample } from "../../../load/sample.js";
import { publishHaproxy } from "../../../sandbox/proxies/haproxy.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { order, test, type Scene } from "../scene/scene.js";
import { watchContainers } from "../scene/watchman.js";

const modes = ["http", "tcp"] as const;
/** As many as the load has by itself. */
const keptClients = 8;
const drainMs = 3_000;
/** However long a busy machine takes to stop one container and start another. */
const patienceMs = 90_000;

test.for(modes)("gate %s: nothing is lost in an update, nor by a bad image", async (mode, { scene, expect }) => {
  const { url, load, publish } = await serve(scene, expect, { gate: mode });
  const socket = await openSocket(url);
  try {
    const good = await publish("v2", "good");
    await scene.until("the new one", async () => (await scene.containers()).some(({ name }) => name.endsWith(".next")));
    const slow = fetch(`${url}/?request=slow&ms=2500`).then((answer) => answer.text());
    const turnedAt = await scene.until("the turn", () => turnOf(scene));
    expect(await socket.echo("still there")).toBe("still there");
    await load.settled("v2");
    await scene.untilServing(good);
    expect(await slow).toBe(answerBody("v1", "slow"));
    expect((await socket.closed) - turnedAt, "what lasts has all of `drain`").toBeGreaterThanOrEqual(drainMs - 100);
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
    await socket.close();
    await load.stop();
  }
});

test("gate http: what must stop first lets requests wait, and loses none", async ({ scene, expect }) => {
  const gate = { mode: "http", hold: `${patienceMs}ms` };
  const { load, publish } = await serve(scene, expect, { gate }, order("stop-first"));
  try {
    await publish("v2", "good");
    await load.settled("v2");
    const report = await load.stop();
    expect(report.examples).toEqual([]);
    expect(report.failed).toBe(0);
  } finally {
    await load.stop();
  }
});

test("gate: put before what runs, and taken away: its ports are nobody's only between one stop and one start", async ({
  scene,
  expect,
}) => {
  await publishHaproxy(inject("registryUrl"));
  const shop = await openImageShop(inject("registryUrl"), scene.image());
  const port = await freePort();
  const write = (extension: object) =>
    scene.write({ web: { ports: [`127.0.0.1:${port}:8080`], "x-fairlead": extension } });
  const digest = await shop.publish("latest", { version: "v1", behaviour: "good" });
  const gateName = `${scene.project}-web.gate-1`;
  await write({});
  await scene.start();
  await scene.untilServing(digest);
  const load = startLoad({ url: `http://127.0.0.1:${port}`, ratePerSecond: 200 });
  const watchman = await watchContainers(scene.docker, scene.project);
  try {
    await load.settled("v1");
    const begun = load.samples.length;
    await write({ gate: "http" });
    await scene.untilStatus(({ revision, sync }) => revision === 2 && sync === "Synced");
    await scene.until("the gate", async () => (await scene.containers()).some(({ name }) => name === gateName));
    await load.settled("v1");
    const put = lossOf(load.samples.slice(begun));
    const taken = load.samples.length;
    await write({});
    await scene.until("no gate", async () => !(await scene.containers()).some(({ name }) => name.includes(".gate")));
    await load.settled("v1");
    const took = lossOf(load.samples.slice(taken));
    for (const fault of [...put.faults, ...took.faults]) expect(["refused", "reset"]).toContain(fault);
    expect([put.outages, took.outages]).toEqual([1, 1]);
    const web = `${scene.project}-web-1`;
    const after = (act: string) => watchman.acts[watchman.acts.indexOf(act) + 1];
    expect(after(`die ${web}`)).toBe(`start ${gateName}.next`);
    expect(after(`die ${gateName}`)).toBe(`start ${web}.next`);
  } finally {
    watchman.stop();
    await load.stop();
  }
});

/** When the gate turned to the first successor. Epoch milliseconds. */
function turnOf(scene: Scene): number | undefined {
  const found = scene.logs().find(({ msg }) => /^route at .*: next1 to .* open/.test(String(msg)));
  return found === undefined ? undefined : Date.parse(String(found["time"]));
}

/** A connection that has changed its protocol, as a websocket does. `closed`: when it ended, epoch milliseconds. */
async function openSocket(url: string) {
  const { hostname, port } = new URL(url);
  const socket = dial(Number(port), hostname);
  const closed = new Promise<number>((resolve) => {
    socket
      .on("error", () => undefined)
      .on("close", () => {
        resolve(Date.now());
      });
  });
  const answer = async () => String(((await once(socket, "data")) as [Buffer])[0]);
  socket.write("GET / HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n");
  if (!(await answer()).includes(" 101 ")) throw new Error("no other protocol is spoken");
  return {
    closed,
    echo: (text: string) => {
      socket.write(text);
      return answer();
    },
    close: async () => {
      socket.destroy();
      await closed;
    },
  };
}

/** How requests failed, and how often good answers in plenty came between two that failed, plus one. */
function lossOf(samples: readonly Sample[]): { readonly faults: readonly Fault[]; readonly outages: number } {
  const plenty = 50;
  const faults = new Set<Fault>();
  let outages = 0;
  let goodInARow = plenty;
  for (const { outcome } of [...samples].sort((one, other) => one.startedAt - other.startedAt)) {
    if (!("fault" in outcome)) {
      goodInARow += 1;
      continue;
    }
    if (goodInARow >= plenty) outages += 1;
    goodInARow = 0;
    faults.add(outcome.fault);
  }
  return { faults: [...faults], outages };
}

/** `web` at a published port through a gate, running v1 and under load. */
async function serve(
  scene: Scene,
  expect: ExpectStatic,
  extension: object,
  deploy: object = {},
): Promise<{
  url: string;
  load: Load;
  publish: (version: string, behaviour: "good" | "exit" | "unhealthy") => Promise<string>;
}> {
  await publishHaproxy(inject("registryUrl"));
  const shop = await openImageShop(inject("registryUrl"), scene.image());
  const port = await freePort();
  await scene.write({
    web: { ports: [`127.0.0.1:${port}:8080`], "x-fairlead": { drain: `${drainMs}ms`, ...extension }, ...deploy },
  });
  const first = await shop.publish("latest", { version: "v1", behaviour: "good" });
  await scene.start();
  await scene.untilServing(first);
  const url = `http://127.0.0.1:${port}`;
  const load = startLoad({ url, ratePerSecond: 300, timeoutMs: patienceMs });
  await load.settled("v1");
  // What came before the gate was open was refused, as it should be.
  expect(load.report().versions).toHaveProperty("v1");
  return {
    url,
    load,
    publish: async (version, behaviour) => {
      const digest = await shop.publish("latest", { version, behaviour });
      expect((await scene.hook()).status).toBe(202);
      return digest;
    },
  };
}
