import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { connectEngine } from "../../../src/docker/engine.js";
import { generatedProject } from "../../generated/project.js";
import { formatDifference } from "../compare/difference.js";
import { publishStandIn, removeStandIn } from "../compare/images.js";
import { findPeers } from "../compare/peers.js";
import { compareStack } from "../compare/run.js";
import { loadStack, openStack } from "../compare/stacks.js";
import { connect } from "../sandbox/docker.js";
import { compareReadings, readAsFairlead, writeStack } from "./compare.js";
import { entryFor } from "./differences.js";
import { findOracle, type Oracle } from "./oracle.js";
import { Tally } from "./tally.js";

const run = promisify(execFile);
const program = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));
const seed = 2026;

describe("generated projects", () => {
  let oracle: Oracle;

  beforeAll(async () => {
    oracle = await findOracle((line) => {
      console.log(line);
    });
  });

  it("are read as Docker Compose reads them, but for the table", async () => {
    const tally = new Tally();
    await fc.assert(
      fc.asyncProperty(generatedProject, async (project) => {
        const comparison = await compareReadings(project, oracle);
        tally.add(comparison);
        expect(comparison.unexplained).toEqual([]);
      }),
      { seed, numRuns: 60 },
    );
    console.log(`Compose ${oracle.name}, seed ${seed}\n${tally.toString()}`);
    // A generator whose projects nobody takes would find nothing.
    expect(tally.compared).toBeGreaterThan(30);
  });

  it("are printed by the program as by its parts", async () => {
    const stack = await openStack("media-stack", "unix:///none");
    try {
      const options = { cwd: stack.directory, env: { ...stack.environment } };
      const named = stack.files.flatMap((file) => ["--file", file]);
      const { stdout } = await run(process.execPath, [program, "config", ...named, "--format", "json"], options);
      expect({ json: JSON.parse(stdout) as unknown }).toEqual(await readAsFairlead(stack));
    } finally {
      await stack.remove();
    }
  });

  it("become the same containers", async () => {
    const engineHost = inject("engineHost");
    const docker = connect(engineHost);
    const { peers } = await findPeers(false);
    const standIn = await publishStandIn(docker, inject("registryUrl"));
    const engine = connectEngine({ host: engineHost, credentials: () => Promise.resolve(undefined) });
    let compared = 0;
    const wrong: string[] = [];
    try {
      for (const project of fc.sample(generatedProject, { seed, numRuns: 6 })) {
        const stack = await writeStack(project, dirname(engineHost.slice("unix://".length)));
        try {
          const loaded = await loadStack(stack);
          if (!loaded.ok) continue;
          const { outcomes } = await compareStack(stack, loaded.project, {
            engineHost,
            docker,
            engine,
            standIn,
            peers,
          });
          for (const { comparison, alike, text } of outcomes) {
            const unintended = comparison?.unintended.filter(
              ({ of, field, theirs, ours }) =>
                entryFor({ place: `containers/${of}/${field}`, theirs, ours }) === undefined,
            );
            wrong.push(...(unintended?.map(formatDifference) ?? (alike ? [] : [text])));
            if (comparison !== undefined) compared += 1;
          }
        } catch (error) {
          if (!/needs an engine with API/.test(String(error))) throw error;
        } finally {
          await stack.remove();
        }
      }
    } finally {
      await removeStandIn(docker, standIn);
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(peers.length === 0 ? -1 : 1);
  });
});
