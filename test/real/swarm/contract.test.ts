import { inject } from "vitest";
import { swarmContract } from "../../contract/swarm/swarm.js";
import { realSwarmStage } from "./real-stage.js";

swarmContract("real", () => realSwarmStage(inject("registryUrl")));
