import type { ServiceSpec } from "../../compose/model/service.js";
import { formatImage, parseImage } from "../../compose/values/image.js";
import type { ImageVersion, ImageReference } from "../../compose/values/image.js";
import { sinceOwner } from "../bonds/bonds.js";
import { sinceFiles } from "../files/unread.js";
import { withoutJobs } from "../jobs/job-need.js";
import { strategyOf } from "../judge/strategy.js";
import { isTarget } from "../model/desired.js";
import type { Desired, Hold, Memory } from "../model/desired.js";
import type { Outcome, Decision } from "../model/outcome.js";
import { inEverySlot, slotOf } from "../model/view.js";
import type { View } from "../model/view.js";
import { heldInService } from "../slot/failures.js";
import { holdShownBy } from "../slot/upkeep/held.js";

/**
 * What should run while the wanted digest is held and the spec has changed since: the changed spec, with the last stable
 * digest. With the held one it is tried only where nobody notices, and until that has failed. Answers the very same object
 * where nothing stands in.
 */
export function withStandIn(desired: Desired, view: View, remembered: Memory): Desired {
  const { spec, specHash, target, pin } = desired;
  if (pin !== undefined || !target.known || spec.oneShot === true) return desired;
  const memory = sinceFiles(spec, view, sinceOwner(spec, view, remembered));
  const stable = stableOf(desired, view, memory);
  if (stable === undefined || isTarget(target, stable.digest)) return desired;
  // What is being tried is judged first, and kept for inspection.
  const isTried = inEverySlot(view.containers, "next").some(
    (next) => next.specHash === specHash && isTarget(target, next.digest),
  );
  if (isTried) return desired;
  const own = ownHold(desired, view, memory);
  const hold = own === undefined ? holdElsewhere(desired, view, memory) : changedSince(own, desired, view, memory);
  if (hold === undefined || (own === undefined && isUnnoticed(spec, view))) return desired;
  const bare = withoutJobs(desired);
  return {
    ...bare,
    spec: { ...bare.spec, image: stable.image },
    target: { known: true, digest: stable.digest, sameContent: [] },
    note: `${hold.digest} is held, and ${stable.digest} is the last stable one`,
    standIn: { over: target, hold },
  };
}

/** The same plan, with the held digest's word for how things stand. */
export function withHeld(plan: Decision, { standIn, target }: Desired): Decision {
  if (standIn === undefined || !target.known) return plan;
  const outcome = outcomeOf(plan.outcome, standIn.hold, target.digest);
  return outcome === plan.outcome ? plan : { ...plan, outcome };
}

function outcomeOf(outcome: Outcome, { digest, message }: Hold, stable: ImageVersion): Outcome {
  const held = `${digest} failed: ${message}; held until the image changes, or a retry`;
  if (outcome.kind === "converged") {
    return {
      kind: "blocked",
      standing: "held",
      reason: "DigestHeld",
      because: `${held}; the changed spec runs with ${stable}`,
    };
  }
  if (outcome.standing !== "held") return outcome;
  return { ...outcome, because: `the changed spec is not in force: ${outcome.because}; and ${held}` };
}

/** It is started beside the one that serves, and no job of it changes anything. */
function isUnnoticed(spec: ServiceSpec, view: View): boolean {
  return strategyOf(spec, view).order === "start-first" && (spec.before ?? []).length === 0;
}

/** Why the digest and this very spec are held, for the service. */
function ownHold(desired: Desired, view: View, memory: Memory): Hold | undefined {
  const slots = Array.from({ length: Math.max(1, desired.spec.replicas ?? 1) }, (_, index) => slotOf(view, index + 1));
  return heldInService(desired, slots, memory);
}

/** The digest failed with another spec: the journal says so, or the failed container does. */
function holdElsewhere({ specHash, target }: Desired, view: View, memory: Memory): Hold | undefined {
  const remembered = memory.holds.findLast((hold) => hold.specHash !== specHash && isTarget(target, hold.digest));
  if (remembered !== undefined) return remembered;
  const failed = inEverySlot(view.containers, "failed").find(
    (one) => one.specHash !== specHash && isTarget(target, one.digest) && one.createdAt >= (memory.retriedAt ?? 0),
  );
  return failed === undefined ? undefined : holdShownBy(failed);
}

/**
 * A digest that is held with this very spec: only where it has failed with another one too, or where a container with
 * another spec has come to serve since, is the spec known to be a change of its own. Else it may be the culprit.
 */
function changedSince(own: Hold, desired: Desired, view: View, memory: Memory): Hold | undefined {
  const { specHash, target } = desired;
  const byJob = memory.jobs.some(
    (run) => run.outcome === "failed" && run.specHash !== specHash && isTarget(target, run.digest),
  );
  const isOlder = inEverySlot(view.containers, "active").some(
    (active) => active.specHash !== specHash && active.createdAt > own.at,
  );
  return byJob || isOlder || holdElsewhere(desired, view, memory) !== undefined ? own : undefined;
}

interface Stable {
  readonly digest: ImageVersion;
  readonly image: ImageReference;
}

/** The digest that proved itself last, and where it is from; without the journal what serves has proved itself. */
function stableOf({ spec, target }: Desired, view: View, memory: Memory): Stable | undefined {
  const actives = [...inEverySlot(view.containers, "active")].sort((one, other) => other.revision - one.revision);
  const digest = memory.stableDigest ?? actives.find((active) => !isTarget(target, active.digest))?.digest;
  if (digest === undefined) return undefined;
  const own = view.containers.find((one) => one.digest === digest && one.image !== "");
  const isSame = own === undefined || own.image === formatImage(spec.image);
  return { digest, image: isSame ? spec.image : parseImage(own.image) };
}
