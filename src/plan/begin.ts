import type { Digest } from "../spec/image.js";
import type { Desired, SlotMemory } from "./desired.js";
import { activeName, keptRevision, nameInRole } from "./names.js";
import type { ObservedContainer } from "./observed.js";
import type { Outcome, Plan } from "./outcome.js";
import { awaitImage } from "./arrival.js";
import { awaitBefore } from "./before.js";
import { beginningOf } from "./job-need.js";
import { keepRunning } from "./keep.js";
import type { Step } from "./step.js";
import { lacking, awaitHost } from "./prerequisites.js";
import { create, letTryAgain, retire } from "./steps.js";
import { lostShares, ownersOf } from "./bonds.js";
import type { ServiceSpec } from "../spec/service.js";
import { strategyOf } from "./strategy.js";
import { inRole, isUp, othersServe } from "./view.js";
import type { SlotView } from "./view.js";

/** The way to a new container: its image first, while whatever runs keeps running; then what it depends on; then itself. */
export function planRollout(
  desired: Desired,
  digest: Digest,
  active: ObservedContainer | undefined,
  view: SlotView,
  memory: SlotMemory,
  revision = revisionFor(desired, digest, view, memory),
): Plan {
  const obstacle = awaitStart(desired, digest, view, memory, revision);
  if (obstacle !== undefined)
    return active === undefined ? obstacle : withRepair(obstacle, desired.spec, active, view, memory);
  const strategy = strategyOf(desired.spec);
  const because = `rolling out ${digest}, ${strategy.order}: the service ${strategy.because}${lacking(desired.spec, view)}`;
  return {
    steps: launch(desired, digest, active, view, revision),
    outcome: { kind: "continue", reason: "RolloutStarted", because },
  };
}

/** What has to be there or done before the container is created. Undefined: nothing stands in the way. */
export function awaitStart(
  desired: Desired,
  digest: Digest,
  view: SlotView,
  memory: SlotMemory,
  revision = revisionFor(desired, digest, view, memory),
): Plan | undefined {
  return (
    awaitImage(desired.spec, digest, view) ??
    awaitHost(desired, view) ??
    awaitBefore({ desired, digest, revision }, view, memory)
  );
}

/** What serves is kept running, whatever stands in the way of the new one. */
export function withRepair(
  obstacle: Plan,
  spec: ServiceSpec,
  active: ObservedContainer,
  view: SlotView,
  memory: SlotMemory,
): Plan {
  const repair = keepRunning(spec, active, view, memory);
  if (repair.outcome.kind === "converged") return { ...obstacle, steps: [...repair.steps, ...obstacle.steps] };
  const outcome = earlier(obstacle.outcome, repair.outcome);
  return { ...repair, steps: [...repair.steps, ...obstacle.steps], outcome };
}

/** Both must be looked at again: whichever comes first, under the name of the obstacle. */
function earlier(obstacle: Outcome, repair: Outcome): Outcome {
  if (repair.kind === "wait" && obstacle.kind === "wait") {
    const until = Math.min(repair.until ?? Infinity, obstacle.until ?? Infinity);
    return { ...obstacle, until: until === Infinity ? undefined : until };
  }
  return repair.kind === "continue" ? { ...obstacle, kind: "continue" } : obstacle;
}

function launch(
  desired: Desired,
  digest: Digest,
  active: ObservedContainer | undefined,
  view: SlotView,
  revision: number,
): Step[] {
  const { spec, specHash } = desired;
  const strategy = strategyOf(spec);
  const serving = active !== undefined && isUp(active);
  const steps = create(
    {
      spec,
      specHash,
      digest,
      revision,
      aliased: (strategy.order === "stop-first" || !serving) && !othersServe(view),
      owners: ownersOf(spec, view),
      because: causeOf(desired, digest, active, view),
    },
    view,
  );
  if (active !== undefined && strategy.order === "stop-first") {
    steps.push(...retire(active, spec, `stop-first: the service ${strategy.because}`));
  }
  steps.push(...letTryAgain(spec, { name: nameInRole(activeName(spec, view.slot), "next") }));
  const because =
    serving && strategy.order === "start-first"
      ? "it proves itself beside the one that serves"
      : spec.oneShot === true
        ? "it is to run to its end"
        : "it is to serve";
  steps.push({ kind: "start-container", container: nameInRole(activeName(spec, view.slot), "next"), because });
  return steps;
}

function causeOf(desired: Desired, digest: Digest, active: ObservedContainer | undefined, view: SlotView): string {
  const causes = desired.note === undefined ? [] : [desired.note];
  if (active === undefined) return ["nothing of this service exists", ...causes].join(", and ");
  if (active.digest !== digest) causes.push(`the image is now ${digest}`);
  if (active.differences !== undefined) causes.push(...differing(active.differences));
  else if (active.specHash !== desired.specHash) causes.push("the spec has changed");
  return [...causes, ...lostShares(desired.spec, active, view)].join(", and ");
}

function differing(fields: readonly string[]): string[] {
  return fields.length === 0 ? [] : [`what was adopted differs from the file in ${fields.join(", ")}`];
}

/**
 * All slots of one rollout bear one revision: that of a slot which has or gets this very spec and digest, unless this
 * slot is ahead of it. Else one more than anything that can still be seen, so that a lost journal cannot make two
 * rollouts look the same.
 */
function revisionFor(desired: Desired, digest: Digest, view: SlotView, memory: SlotMemory): number {
  const least = inRole(view.containers, "active")?.revision ?? 0;
  const isPart = ({ slot, role, createdAt }: ObservedContainer) =>
    slot !== view.slot &&
    (role === "active" || role === "next" || (role === "failed" && createdAt >= (memory.retriedAt ?? 0)));
  const peers = view.siblings.filter(isPart);
  const alike = peers.filter((peer) => peer.specHash === desired.specHash && peer.digest === digest);
  const shared = Math.max(...alike.map(({ revision }) => revision));
  if (shared >= least) return shared;
  const ofContainers = view.siblings.map((container) => container.revision);
  // The rollout has begun with its jobs.
  const begun = beginningOf(desired, digest, view);
  if (begun > Math.max(0, ...ofContainers)) return begun;
  const ofJobs = view.jobs.map((container) => container.revision);
  const ofTags = view.images.flatMap((image) => image.tags.map((tag) => keptRevision(desired.spec, tag) ?? 0));
  return Math.max(0, ...ofContainers, ...ofJobs, ...ofTags) + 1;
}
