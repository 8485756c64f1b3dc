import { afterAll, beforeAll, describe } from "vitest";
import { SwarmBench } from "./bench.js";
import { contentsContract } from "./contents.js";
import { failuresContract } from "./failures.js";
import { jobsContract } from "./jobs.js";
import { servicesContract } from "./services.js";
import type { SwarmStage } from "./stage.js";
import { updatesContract } from "./updates.js";
import { watchContract } from "./watch.js";

/** What is relied on of a Swarm. Every manager, real or simulated, passes this. */
export function swarmContract(name: string, makeStage: () => Promise<SwarmStage>): void {
  describe(`swarm contract: ${name}`, () => {
    const bench = new SwarmBench();
    beforeAll(async () => {
      bench.open(await makeStage());
    });
    afterAll(async () => {
      await bench.stage.close();
    });

    contentsContract(bench);
    servicesContract(bench);
    updatesContract(bench);
    failuresContract(bench);
    jobsContract(bench);
    watchContract(bench);
  });
}
