import { swarmContract } from "../../../contract/swarm/swarm.js";
import { simulatedSwarmStage } from "../../../simulator/swarm/stage.js";

swarmContract("simulated", () => Promise.resolve(simulatedSwarmStage()));
