import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adoptionContract } from "./adoption.js";
import { Bench } from "./bench.js";
import { buildContract } from "./build.js";
import { contestedContract } from "./networks/contested.js";
import { drivenNetworksContract } from "./networks/driven-networks.js";
import { filesContract } from "./volumes/files.js";
import { healthContract } from "./health.js";
import { helpersContract } from "./volumes/helpers.js";
import { imagesContract } from "./images.js";
import { insideContract } from "./inside.js";
import { jobsContract } from "./jobs.js";
import { lifeContract } from "./life.js";
import { logsContract } from "./logs.js";
import { marksContract } from "./marks.js";
import { networksContract } from "./networks/networks.js";
import { sharingContract } from "./volumes/sharing.js";
import type { Stage } from "./stage.js";
import { volumesContract } from "./volumes/volumes.js";
import { watchContract } from "./watch.js";

/** What the planner and the executor rely on. Every engine, real or simulated, passes this. */
export function engineContract(name: string, makeStage: () => Promise<Stage>): void {
  describe(`engine contract: ${name}`, () => {
    const bench = new Bench();
    beforeAll(async () => {
      await bench.open(await makeStage());
    });
    afterAll(async () => {
      await bench.stage.close();
    });

    imagesContract(bench);
    buildContract(bench);
    lifeContract(bench);
    jobsContract(bench);
    helpersContract(bench);
    logsContract(bench);
    healthContract(bench);
    networksContract(bench);
    contestedContract(bench);
    insideContract(bench);
    sharingContract(bench);
    drivenNetworksContract(bench);
    filesContract(bench);
    volumesContract(bench);
    watchContract(bench);
    adoptionContract(bench);
    marksContract(bench);

    it("knows its platform", async () => {
      const { os, architecture } = await bench.engine.platform();
      expect(os).toBe("linux");
      expect(architecture).toMatch(/^(amd64|arm64|arm|386|ppc64le|s390x|riscv64)$/);
    });
  });
}
