import { jobHash } from "../../../src/compose/model/hash.js";
import type { JobSpec } from "../../../src/compose/model/policy/job.js";
import type { JobRun } from "../../../src/plan/model/desired.js";
import type { JobPhase, ObservedContainer } from "../../../src/plan/model/host/observed.js";
import { containerIn, digestOf, now } from "./world.js";

export const migrate: JobSpec = { command: ["migrate"], timeoutMs: 600_000 };
export const seed: JobSpec = { command: ["seed"], timeoutMs: 60_000 };
export const purge: JobSpec = { command: ["purge"], timeoutMs: 60_000 };

interface Made {
  readonly phase?: JobPhase;
  readonly index?: number;
  readonly job?: JobSpec;
  /** What it runs for. */
  readonly target?: string;
}

/** The container of a job: created a minute ago and running since, unless told otherwise. */
export function jobContainer(
  { phase = "before", index = 1, job = migrate, target = "b" }: Made,
  patch: Partial<ObservedContainer> = {},
): ObservedContainer {
  const digest = digestOf(target);
  return {
    ...containerIn("next", target, 2),
    id: `id-${phase}-${index}`,
    name: `shop-web.${phase}.${index}`,
    role: "stray",
    job: { phase, index, hash: jobHash(phase, index, job), timeoutMs: job.timeoutMs, target: digest },
    networks: [{ network: "shop_default", aliases: [] }],
    ...patch,
  };
}

export function exited(exitCode: number): Partial<ObservedContainer> {
  return { state: "exited", exitCode, finishedAt: now - 50_000 };
}

/** As the journal remembers that container. */
export function remembered(
  container: ObservedContainer,
  outcome: JobRun["outcome"],
  message = "before job 1 (shop-web.before.1) exited with code 1 after 10s",
): JobRun {
  const { id, specHash, job } = container;
  if (job === undefined) throw new Error("it is no job's container");
  return { container: id, job: job.hash, specHash, digest: job.target, outcome, message, at: now - 40_000 };
}
