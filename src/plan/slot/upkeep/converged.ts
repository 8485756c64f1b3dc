import { awaitAddress } from "../../contest/own-address.js";
import type { Desired, Target } from "../../model/desired.js";
import type { ObservedContainer } from "../../model/host/observed.js";
import type { Decision } from "../../model/outcome.js";
import { isUp } from "../../model/view.js";
import { join } from "../../steps/steps.js";
import { clearAhead } from "./ahead.js";
import { clearBuilt } from "./built.js";
import { cleanUp } from "./cleanup.js";
import { keepRunning } from "./keep.js";
import type { Seen } from "./come-back.js";

/** The right container has the right role: keep it well, and clear away what it has outlived. */
export function planConverged(desired: Desired, active: ObservedContainer, { view, memory }: Seen): Decision {
  const repair = keepRunning(desired.spec, active, view, memory);
  if (repair.outcome.kind !== "converged") return repair;
  const { spec } = desired;
  // What has ended answers to nothing, and is left as it is.
  const joined = spec.oneShot === true || !isUp(active) ? [] : join(active, spec.networks, true);
  const intents = [
    ...repair.intents,
    ...joined,
    ...cleanUp(desired, active, view, memory),
    ...clearAhead(spec, undefined, view),
    ...clearBuilt(spec, active, desired.standIn?.over ?? desired.target, view),
  ];
  return { intents, outcome: awaitAddress(spec, active, view) ?? repair.outcome };
}

/** The registry is silent: what runs is kept running, and nothing new begins. */
export function planUnknown(
  desired: Desired,
  target: Extract<Target, { known: false }>,
  active: ObservedContainer,
  { view, memory }: Seen,
): Decision {
  const repair = keepRunning(desired.spec, active, view, memory);
  if (repair.outcome.kind !== "converged") return repair;
  const waits = active.specHash === desired.specHash ? "" : "; the changed spec waits for it";
  const because = `${target.message}${waits}`;
  return { intents: repair.intents, outcome: { kind: "failed", reason: target.reason, because } };
}
