import { once } from "node:events";
import { connect as dial } from "node:net";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { parseImage, pinnedImage } from "../../../src/compose/values/image.js";
import { connectEngine } from "../../../src/docker/engine.js";
import { withGates } from "../../../src/gate/derive.js";
import { connectGates } from "../../../src/gate/haproxy.js";
import { creation, networkSpec, serviceSpec } from "../../contract/engine/service.js";
import { publishHaproxy } from "../../sandbox/proxies/haproxy.js";
import { freePort } from "../../sandbox/network/ports.js";
import { realStage } from "./real-stage.js";
import { patienceMs } from "../../sandbox/host/patience.js";

const project = "hold";
/** Longer than a busy engine takes to stop a container. */
const holdMs = 3_000;

test.for(["http", "tcp"] as const)(
  "gate %s: work waits while nothing serves, and no longer than it may",
  async (mode) => {
    const stage = await realStage({ engineHost: inject("engineHost"), registryUrl: inject("registryUrl") }, project);
    try {
      const { digest } = await publishHaproxy(inject("registryUrl"));
      const proxy = { image: parseImage("haproxy:3.2-alpine"), digest };
      const app = await stage.publish({ kind: "good", check: false });
      const engine = connectEngine({ host: inject("engineHost"), credentials: () => Promise.resolve(undefined) });
      for (const each of [app, proxy])
        await engine.pull(pinnedImage(each.image, each.digest), AbortSignal.timeout(patienceMs));
      const network = networkSpec("hold_default");
      await engine.createNetwork({ kind: "create-network", network, project, because: "a test" });
      const port = await freePort();
      const ports = [{ hostIp: "127.0.0.1", hostPort: port, containerPort: 8080, protocol: "tcp" as const }];
      const service = {
        ...serviceSpec("held", app, { ports }),
        project,
        networks: [{ network, aliases: ["held"] }],
        gate: { mode, holdMs, proxyProtocol: false },
      };
      const [, spec] = withGates({ name: project, file: "", services: [service] }, proxy.image).services;
      if (spec?.rewritable === undefined) throw new Error("no gate was derived");
      const attach = { network: network.name, aliases: ["held"] };
      const gate = await engine.createContainer(creation(spec, proxy, attach, `${project}-held.gate-1`));
      await engine.writeFiles(gate, spec.rewritable.files);
      await engine.startContainer(gate);
      const gates = connectGates((...args) => engine.run(...args));
      await expect.poll(() => gates.state(gate, Date.now()).catch(() => undefined)).toBeDefined();

      const refused = await ask(port);
      expect(refused.answer).toMatch(mode === "http" ? /^HTTP\/1\.. 503 / : /^$/);
      expect(refused.tookMs).toBeGreaterThanOrEqual(holdMs);

      const container = creation({ ...serviceSpec("held", app), project }, app, { ...attach, aliases: [] });
      const behind = await engine.createContainer({ ...container, name: `${project}-held-1` });
      await engine.startContainer(behind);
      await expect.poll(async () => (await ask(port)).answer).toMatch(/ 200 OK/);
      await gates.setRoutes(gate, [{ server: "slot1", open: false }]);
      const waiting = ask(port);
      await sleep(500);
      await gates.setRoutes(gate, [{ server: "slot1", open: true }]);
      expect(await waiting).toMatchObject({ answer: expect.stringMatching(/ 200 OK/) as string });
      expect((await waiting).tookMs).toBeGreaterThanOrEqual(500);

      const late = ask(port, 300);
      await sleep(100);
      await engine.stopContainer(gate, 5_000);
      expect((await late).answer, "what had reached a gate that ends").toMatch(/ 200 OK/);
    } finally {
      await stage.close();
    }
  },
);

/** One request on a connection of its own, with a pause in it; an empty answer where that is closed without one. */
async function ask(port: number, pauseMs = 0): Promise<{ readonly answer: string; readonly tookMs: number }> {
  const begin = performance.now();
  const socket = dial(port, "127.0.0.1");
  let answer = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => (answer += text));
  socket.on("error", () => undefined);
  socket.write("GET / HTTP/1.0\r\nHost: test\r\n");
  await sleep(pauseMs);
  socket.write("\r\n");
  await once(socket, "close");
  return { answer, tookMs: performance.now() - begin };
}
