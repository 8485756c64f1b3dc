import { inject } from "vitest";
import { parseImage } from "../../../src/compose/values/image.js";
import { connectEngine } from "../../../src/docker/engine.js";
import { connectGates } from "../../../src/gate/haproxy.js";
import { engineContract } from "../../contract/engine.js";
import { gatesContract } from "../../contract/gates.js";
import { publishHaproxy } from "../../sandbox/haproxy.js";
import { realStage } from "./real-stage.js";

// One file, so that one after the other has the project of the contracts for itself.
engineContract("real", () => realStage(inject("engineHost"), inject("registryUrl")));

gatesContract("real", async () => {
  const registryUrl = inject("registryUrl");
  const { digest } = await publishHaproxy(registryUrl);
  const stage = await realStage(inject("engineHost"), registryUrl);
  const engine = connectEngine({ host: inject("engineHost"), credentials: () => Promise.resolve(undefined) });
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
