import type { Rollout } from "./condition.js";
import type { ObservedContainer } from "./observed.js";
import { inRole, isUp } from "./view.js";

/**
 * What the containers tell of the last rollout, given what was known of it. Level-triggered like everything else: a
 * rollout that ended while nobody watched is closed at the next look. Answers the very same object if nothing is new.
 */
export function trackRollout(
  known: Rollout | undefined,
  containers: readonly ObservedContainer[],
  now: number,
): Rollout | undefined {
  const next = inRole(containers, "next");
  const open = known !== undefined && known.finishedAt === undefined ? known : undefined;
  if (next !== undefined) return open?.id === idOf(next) ? open : begin(next, containers);
  if (open === undefined) return known;
  return { ...open, finishedAt: new Date(now).toISOString(), ...endOf(open, containers) };
}

function idOf(container: ObservedContainer): string {
  return `${container.project}/${container.service}@${container.revision}`;
}

function begin(next: ObservedContainer, containers: readonly ObservedContainer[]): Rollout {
  return {
    id: idOf(next),
    from: inRole(containers, "active")?.digest,
    to: next.digest,
    startedAt: new Date(next.createdAt).toISOString(),
    finishedAt: undefined,
    outcome: undefined,
    reason: "RolloutStarted",
  };
}

function endOf(open: Rollout, containers: readonly ObservedContainer[]): Pick<Rollout, "outcome" | "reason"> {
  const active = inRole(containers, "active");
  const failed = inRole(containers, "failed");
  if (active !== undefined && idOf(active) === open.id) return { outcome: "promoted", reason: "Converged" };
  if (failed === undefined || idOf(failed) !== open.id) return { outcome: "superseded", reason: "RolloutStarted" };
  return active !== undefined && isUp(active)
    ? { outcome: "rolled-back", reason: "DigestHeld" }
    : { outcome: "failed", reason: "DigestHeld" };
}
