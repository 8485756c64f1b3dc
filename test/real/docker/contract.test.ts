import { inject } from "vitest";
import { engineContract } from "../../contract/engine.js";
import { realStage } from "./real-stage.js";

engineContract("real", () => realStage(inject("engineHost"), inject("registryUrl")));
