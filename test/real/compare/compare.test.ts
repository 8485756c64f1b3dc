import PQueue from "p-queue";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { formatProblem } from "../../../src/compose/values/problem.js";
import { connectEngine } from "../../../src/docker/engine.js";
import { connect } from "../sandbox/docker.js";
import { formatDifference } from "./difference.js";
import { minimumApi, refusals } from "./expectations.js";
import { publishStandIn, removeStandIn } from "./images.js";
import { intendedDifferences } from "./intended.js";
import { findPeers } from "./peers.js";
import { compareStack, type Host, type PeerOutcome, type StackResult } from "./run.js";
import { loadStack, openStack, stackNames } from "./stacks.js";
import { resultTable } from "./table.js";

const names = await stackNames();

describe("the containers that Fairlead creates are those of Docker Compose", () => {
  const results: StackResult[] = [];
  const notes: string[] = [];
  let host: Host & { readonly api: string };

  beforeAll(async () => {
    const engineHost = inject("engineHost");
    const docker = connect(engineHost);
    const version = (await docker.version()) as { readonly ApiVersion: string; readonly MinAPIVersion?: string };
    const { peers, absences } = await findPeers(!isOlder("1.22", version.MinAPIVersion ?? "1.12"));
    notes.push(...absences);
    const standIn = await publishStandIn(docker, inject("registryUrl"));
    const engine = connectEngine({ host: engineHost, credentials: () => Promise.resolve(undefined) });
    host = { engineHost, docker, engine, standIn, peers, api: version.ApiVersion };
  });

  afterAll(async () => {
    await removeStandIn(host.docker, host.standIn);
    const ordered = results.toSorted((left, right) => (left.stack < right.stack ? -1 : 1));
    if (ordered.length > 0) console.log([resultTable(ordered), ...notes].join("\n"));
  });

  /** What is wrong with a project; nothing is as it should be. */
  const check = async (name: string): Promise<readonly string[]> => {
    const stack = await openStack(name, host.engineHost);
    try {
      const loaded = await loadStack(stack);
      if (!loaded.ok) return loaded.problems.map(formatProblem);
      const needed = minimumApi[name];
      if (needed !== undefined && isOlder(host.api, needed)) {
        notes.push(`${name}: not compared, for it needs an engine of API ${needed}; this one has ${host.api}`);
        return [];
      }
      const result = await compareStack(stack, loaded.project, host);
      results.push(result);
      return result.outcomes.flatMap(unexpected(name));
    } catch (error) {
      return [String(error)];
    } finally {
      await stack.remove();
    }
  };

  // A few at a time: each has networks of its own, of which an engine can have about thirty.
  const turns = new PQueue({ concurrency: 3 });
  it.concurrent.each(names)("%s", async (name) => {
    const wrong = await turns.add(() => check(name));
    expect(wrong).toEqual([]);
  });

  it("has no intended difference that never occurs", ({ skip }) => {
    if (host.peers.length < 2) skip("some of them are of the peer that is absent");
    const met = new Set(results.flatMap(({ outcomes }) => outcomes.flatMap(({ comparison }) => comparison?.intended)));
    const never = intendedDifferences.filter((entry) => !met.has(entry));
    expect(never.map(({ where }) => where)).toEqual([]);
  });
});

/** Differences that nobody means, and refusals that are not in the list, or are not those of the list. */
function unexpected(name: string): (outcome: PeerOutcome) => readonly string[] {
  return ({ peer, comparison, text, alike }) => {
    const refusal = refusals[peer]?.[name];
    if (refusal !== undefined) return text.includes(refusal) ? [] : [`${peer} is said to refuse the file: ${text}`];
    if (alike) return [];
    return comparison?.unintended.map(formatDifference) ?? [`${peer} ${text}`];
  };
}

function isOlder(left: string, right: string): boolean {
  const minor = (version: string) => Number(version.split(".")[1]);
  return minor(left) < minor(right);
}
