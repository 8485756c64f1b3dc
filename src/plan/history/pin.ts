import { parseImage } from "../../compose/values/image.js";
import { given } from "../../tools/present.js";
import { withoutJobs } from "../jobs/job-need.js";
import { isTarget } from "../model/desired.js";
import type { Desired, Pin } from "../model/desired.js";
import type { Outcome, Decision } from "../model/outcome.js";
import { signatureFault } from "../model/signatures.js";
import type { View } from "../model/view.js";

/**
 * What should run where a person has gone back: the digest of that revision, under today's spec. Whether its own spec can
 * be had too depends on its container, and is the planner's to see. The way there is gated as `rollback_config` says.
 */
export function pinned(desired: Desired, pin: Pin | undefined): Desired {
  if (pin === undefined) return desired;
  const { spec, specHash, target, signatures } = withoutJobs(desired);
  const image = parseImage(pin.image);
  const fault = signatureFault(signatures, image, pin.digest);
  const { failureAction, ...policy } = spec.rollback ?? spec.update;
  // A roll-back that fails leaves what serves: it is not rolled back itself.
  const update = { ...policy, failureAction: failureAction === "continue" ? failureAction : ("rollback" as const) };
  return {
    spec: { ...spec, image, update },
    specHash,
    // What runs of it runs on; nothing of it is started anew.
    target:
      fault === undefined
        ? { known: true, digest: pin.digest, sameContent: [] }
        : { known: false, reason: fault.reason, message: fault.message },
    ...given({ signatures }),
    pin: { ...pin, over: target },
    note:
      pin.specHash === specHash
        ? `it is pinned to revision ${pin.revision}`
        : `it is pinned to revision ${pin.revision}, with today's spec as the container with its own is gone`,
  };
}

/** The same plan, with the pin's word for how things stand. */
export function withPin(plan: Decision, { pin, specHash }: Desired, view: View): Decision {
  if (pin === undefined) return plan;
  const outcome = outcomeOf(plan.outcome, pin.revision);
  if (outcome.kind !== "converged") return { ...plan, outcome };
  const own = view.containers.some(
    (one) => one.role === "active" && one.specHash === pin.specHash && one.digest === pin.digest,
  );
  const facts = [
    `pinned to revision ${pin.revision}${own || specHash === pin.specHash ? "" : ", with today's spec"}: ${outcome.because}`,
    ...(pin.over.known && !isTarget(pin.over, pin.digest) ? [`${pin.over.digest} is not rolled out`] : []),
    "`fairlead resume` lifts the pin",
  ];
  return { ...plan, outcome: { ...outcome, reason: "Pinned", because: facts.join("; ") } };
}

function outcomeOf(outcome: Outcome, revision: number): Outcome {
  if (outcome.kind === "continue" && outcome.reason === "RolloutStarted") return { ...outcome, reason: "RollingBack" };
  if (outcome.standing !== "held") return outcome;
  const because = `the roll-back to revision ${revision} failed: ${outcome.because}`;
  return { ...outcome, standing: "stuck", reason: "RollbackFailed", because };
}
