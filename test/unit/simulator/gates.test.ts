import { gatesContract } from "../../contract/engine/networks/gates.js";
import { SimulatedEngine } from "../../simulator/engine.js";
import { SimulatedGates } from "../../simulator/gates.js";
import { simulatedStage } from "../../simulator/stage.js";

gatesContract("simulated", async () => {
  const engine = new SimulatedEngine();
  const stage = simulatedStage(engine);
  return {
    engine,
    gates: new SimulatedGates(engine),
    proxy: await stage.publish({ kind: "good", check: false }),
    app: await stage.publish({ kind: "good", check: false }),
    wait: (ms) => stage.wait(ms),
    now: () => engine.clock.now(),
    close: () => stage.close(),
  };
});
