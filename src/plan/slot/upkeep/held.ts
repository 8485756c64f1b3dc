import { isOutdated } from "../../files/unread.js";
import { failedBefore } from "../../jobs/job-need.js";
import { isTarget } from "../../model/desired.js";
import type { Desired, Hold, SlotMemory } from "../../model/desired.js";
import type { ObservedContainer } from "../../model/host/observed.js";
import type { Outcome, Decision } from "../../model/outcome.js";
import { inRole } from "../../model/view.js";
import type { SlotView } from "../../model/view.js";
import { clearAhead } from "./ahead.js";
import { clearBuilt } from "./built.js";
import { clearImages } from "./cleanup.js";
import { keepRunning } from "./keep.js";
import type { Seen } from "./come-back.js";

/** Why the desired digest and spec are not to be tried: the journal says so, or the failed container itself does. */
export function heldBy(desired: Desired, view: SlotView, memory: SlotMemory): Hold | undefined {
  const { target, specHash } = desired;
  const remembered = memory.holds.find((hold) => hold.specHash === specHash && isTarget(target, hold.digest));
  if (remembered !== undefined) return remembered;
  const job = failedBefore(desired, memory.jobs);
  if (job !== undefined) {
    const { digest, message, at } = job;
    return { specHash, digest, reason: "JobFailed", message, at };
  }
  const failed = inRole(view.containers, "failed");
  if (failed === undefined || failed.specHash !== specHash || !isTarget(target, failed.digest)) return undefined;
  if (failed.createdAt < (memory.retriedAt ?? 0) || isSecond(failed, desired, view)) return undefined;
  return holdShownBy(failed);
}

/** It was made for replaced files, and which those were it does not tell; where that is known, so are its failures. */
function isSecond(failed: ObservedContainer, desired: Desired, view: SlotView): boolean {
  const active = inRole(view.containers, "active");
  if (active?.specHash !== failed.specHash || active.digest !== failed.digest) return false;
  return isOutdated(desired, active);
}

export function holdShownBy({ specHash, digest, name, createdAt, slot }: ObservedContainer): Hold {
  return { specHash, digest, reason: "DigestHeld", message: `it failed before, as ${name} shows`, at: createdAt, slot };
}

/** It is well, and has something to read. */
function isReload(outcome: Outcome): boolean {
  return outcome.kind === "wait" && (outcome.awaits === "reload" || outcome.awaits === "turn");
}

/** The bad one stays out; the good one is kept running, and if that fails too nothing more is rolled anywhere. */
export function planHeld(desired: Desired, hold: Hold, active: ObservedContainer, { view, memory }: Seen): Decision {
  const repair = keepRunning(desired.spec, active, view, memory);
  const isOfFiles = hold.ranAnewAt !== undefined;
  const because = isOfFiles
    ? `a new container with the replaced files failed: ${hold.message}; what serves stays until they change again, or a retry`
    : `${hold.digest} failed: ${hold.message}; held until the image or the spec changes, or a retry`;
  if (isReload(repair.outcome)) {
    return {
      ...repair,
      outcome: {
        ...repair.outcome,
        standing: "held",
        reason: "DigestHeld",
        because: `${because}; ${repair.outcome.because}`,
      },
    };
  }
  if (repair.outcome.kind === "wait") {
    const both = `${because}; the one before it is not well either: ${repair.outcome.because}`;
    return {
      intents: repair.intents,
      outcome: { ...repair.outcome, standing: "stuck", reason: "RollbackFailed", because: both },
    };
  }
  if (repair.outcome.kind !== "converged") return repair;
  if (active.health === "unhealthy") {
    const rollback = `${because}; the one before it is unhealthy too`;
    return {
      intents: repair.intents,
      outcome: { kind: "blocked", standing: "stuck", reason: "RollbackFailed", because: rollback },
    };
  }
  const intents = [
    ...repair.intents,
    ...clearImages(desired.spec, active, view, memory),
    ...clearAhead(desired.spec, undefined, view),
    ...clearBuilt(desired.spec, active, desired.standIn?.over ?? desired.target, view),
  ];
  if (isOfFiles) return { intents, outcome: { kind: "blocked", reason: "ReloadFailed", because } };
  return { intents, outcome: { kind: "blocked", standing: "held", reason: "DigestHeld", because, lasts: true } };
}
