import { engineContract } from "../../contract/engine/engine.js";
import { simulatedStage } from "../../simulator/stage.js";

engineContract("simulated", () => Promise.resolve(simulatedStage()));
