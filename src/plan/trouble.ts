import type { Condition, Reason, ServiceStatus } from "./condition.js";

/** The service as it was last seen, with what the host refused since: nobody should have to look for that in a log. */
export function withTrouble(
  status: ServiceStatus,
  reason: Reason,
  error: { readonly message: string; readonly remedy: string | undefined },
  now: number,
): ServiceStatus {
  const message = error.remedy === undefined ? error.message : `${error.message}; ${error.remedy}`;
  const conditions = status.conditions.map((condition): Condition => {
    if (condition.type !== "Ready" && condition.type !== "Progressing") return condition;
    const next = condition.type === "Ready" ? "False" : "True";
    const lastTransitionTime = condition.status === next ? condition.lastTransitionTime : new Date(now).toISOString();
    return { ...condition, status: next, reason, message, lastTransitionTime };
  });
  return { ...status, conditions };
}
