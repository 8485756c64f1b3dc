import { setTimeout as sleep } from "node:timers/promises";
import { startLoad, type Load } from "../../load/load.js";
import { allOn, reportOn, type Report } from "../../load/report.js";
import { versionOf, type Sample } from "../../load/sample.js";
import { now } from "../instant.js";
import { repository, type Contender, type Deployment, type Image, type Theatre } from "./contender.js";

export interface Figures {
  readonly name: string;
  /** Before the first update. */
  readonly atRest: Report;
  readonly updates: readonly GoodUpdate[];
  /** Starts, answers everything with 500, and says so when its health is asked for. */
  readonly broken: BadUpdate;
  /** Ends at once with code 1. */
  readonly exits: BadUpdate;
}

export interface GoodUpdate {
  /** From the webhook or the command's start until all had come to rest. */
  readonly report: Report;
  /** From there until the new version's first answer after which no other came, and no failure. */
  readonly allOnNewMs: number;
  /** Connections that keep-alive clients had to open anew. */
  readonly reconnected: number;
}

export interface BadUpdate {
  readonly report: Report;
  /** From the first request that failed to the last. */
  readonly brokenMs: number;
  /** Nothing was good again when the look at it ended. */
  readonly forEver: boolean;
}

/** Requests in a second. */
export const rate = 600;

const restMs = 1_500;

/** A tool that is content with a bad image is watched so long, and given so long after that to come right by itself. */
const watchMs = 3_000;
const healingMs = 6_000;

/** Some good updates of one deployment under one load, and then two bad ones. */
export async function measure(
  theatre: Theatre,
  contender: Contender,
  { tag, repetitions }: { readonly tag: string; readonly repetitions: number },
): Promise<Figures> {
  const { shop } = theatre;
  await shop.publish(tag, { version: "v0", behaviour: "good" });
  const deployment = await contender.open(theatre, imageOf(theatre, tag));
  try {
    const load = startLoad({ url: deployment.url, ratePerSecond: rate });
    try {
      await load.settled("v0");
      const restedFrom = now();
      await sleep(restMs);
      const atRest = load.report(restedFrom);
      const scene = { theatre, deployment, load, tag };
      const updates: GoodUpdate[] = [];
      const asked = () => updates.reduce((total, { report }) => total + report.requests, 0);
      while (updates.length < repetitions || asked() < (contender.atLeast ?? 0)) {
        updates.push(await goodUpdate(scene, `v${updates.length + 1}`));
      }
      const broken = await badUpdate(scene, "broken");
      if (broken.forEver) await goodUpdate(scene, "repaired");
      return { name: contender.name, atRest, updates, broken, exits: await badUpdate(scene, "exit") };
    } finally {
      await load.stop();
    }
  } finally {
    await deployment.close();
  }
}

interface Scene {
  readonly theatre: Theatre;
  readonly deployment: Deployment;
  readonly load: Load;
  readonly tag: string;
}

async function goodUpdate({ theatre, deployment, load, tag }: Scene, version: string): Promise<GoodUpdate> {
  await theatre.shop.publish(tag, { version, behaviour: "good" });
  const opened = load.keptConnections();
  const from = now();
  await deployment.update();
  await load.settled(version);
  await deployment.rest();
  await sleep(500);
  const report = load.report(from);
  const allOnNewMs = (allOn(report.samples, version) ?? NaN) - from;
  return { report, allOnNewMs, reconnected: load.keptConnections() - opened };
}

async function badUpdate({ theatre, deployment, load, tag }: Scene, behaviour: "broken" | "exit"): Promise<BadUpdate> {
  await theatre.shop.publish(tag, { version: `bad-${behaviour}`, behaviour });
  const from = now();
  await deployment.update();
  await Promise.all([deployment.rest(), sleep(from + watchMs - now())]);
  await sleep(500);
  const end = reportOn(load.samples, { from: now() - 300, to: now() });
  const heals = async () =>
    load.settled(undefined, healingMs).then(
      () => true,
      () => false,
    );
  const forEver = end.requests === end.failed && !(await heals());
  const report = load.report(from);
  return { report, brokenMs: brokenFor(report.samples), forEver };
}

function brokenFor(samples: readonly Sample[]): number {
  const failed = samples.filter((sample) => versionOf(sample) === undefined);
  const first = failed.reduce((least, { startedAt }) => Math.min(least, startedAt), Infinity);
  return failed.length === 0 ? 0 : failed.at(-1)!.endedAt - first;
}

function imageOf({ stage }: Theatre, tag: string): Image {
  const reference = `${repository}:${tag}`;
  return { reference, repository, tag, pinnedHost: `${new URL(stage.registryUrl).host}/${reference}` };
}
