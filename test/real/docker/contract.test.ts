import { afterAll, beforeAll, inject } from "vitest";
import { parseImage } from "../../../src/compose/values/image.js";
import { connectEngine } from "../../../src/docker/engine.js";
import { connectGates } from "../../../src/gate/haproxy.js";
import { engineContract } from "../../contract/engine/engine.js";
import { gatesContract } from "../../contract/engine/networks/gates.js";
import { publishHaproxy } from "../../sandbox/proxies/haproxy.js";
import { startIsolatedEngine, type IsolatedEngine } from "../../sandbox/engine/isolated-engine.js";
import { realStage, type Place } from "./real-stage.js";

/**
 * What the contract says of events, and of how little is asked, holds where nobody else is at work on the engine. One
 * that the environment names is taken as it is.
 */
const own: { current?: IsolatedEngine } = {};
beforeAll(async () => {
  if (process.env["FAIRLEAD_TEST_ENGINE"] === undefined) {
    own.current = await startIsolatedEngine(inject("registryUrl"));
  }
});
afterAll(() => own.current?.close());

const place = (): Place => {
  const registryUrl = inject("registryUrl");
  if (own.current === undefined) return { engineHost: inject("engineHost"), registryUrl };
  const { engine, netns, registryUrl: mirrorUrl } = own.current;
  return { engineHost: engine.host, registryUrl, mirrorUrl, netns };
};

// One file, so that one after the other has the project of the contracts for itself.
engineContract("real", () => realStage(place()));

gatesContract("real", async () => {
  const { digest } = await publishHaproxy(inject("registryUrl"));
  const stage = await realStage(place());
  const engine = connectEngine({ host: place().engineHost, credentials: () => Promise.resolve(undefined) });
  return {
    engine,
    gates: connectGates((container, command, timeoutMs) => engine.run(container, command, timeoutMs)),
    proxy: { image: parseImage("haproxy:3.2-alpine"), digest },
    app: await stage.publish({ kind: "good", check: false }),
    wait: (ms) => stage.wait(ms),
    now: Date.now,
    close: () => stage.close(),
  };
});
