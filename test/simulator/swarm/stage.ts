import { createHash } from "node:crypto";
import type { StageTask, SwarmStage } from "../../contract/swarm/stage.js";
import type { Behaviour } from "../behaviour.js";
import { SimulatedSwarm } from "./swarm.js";

/** The contract's stage on the simulator. */
export function simulatedSwarmStage(swarm = new SimulatedSwarm()): SwarmStage {
  let published = 0;
  let port = 20_000;
  return {
    cluster: swarm.cluster,
    publish: (task) => {
      published += 1;
      const digest = `sha256:${createHash("sha256").update(String(published)).digest("hex")}`;
      if (task.kind !== "missing") swarm.publish(digest, behaviourOf(task));
      return Promise.resolve({ image: `registry.example/contract/task@${digest}` });
    },
    freePort: () => {
      port += 1;
      return Promise.resolve(port);
    },
    interrupt: async (ms) => {
      swarm.fault = "unreachable";
      await swarm.clock.advance(ms);
      swarm.fault = undefined;
    },
    wait: (ms) => swarm.clock.advance(ms),
    close: () => Promise.resolve(),
  };
}

function behaviourOf(task: StageTask): Behaviour {
  switch (task.kind) {
    case "good":
      return task.check === false ? { check: "none" } : {};
    case "crashes":
      return { exitsAfterMs: 100, output: ["sample v1: starting"], errors: ["sample v1: fatal: no configuration"] };
    case "never-healthy":
      return { healthyAfterMs: "never" };
    case "ends":
      return { check: "none", exitsAfterMs: 100, exitCode: task.exitCode, output: ["at work"] };
    case "missing":
      return {};
  }
}
