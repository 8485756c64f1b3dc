import type { Condition, ConditionType, Reason, ServiceStatus } from "../model/condition.js";

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

const seen: ReadonlySet<ConditionType> = new Set(["Ready", "Progressing", "Healthy"]);

/** Nobody can see the host: what people and files say still holds, and of the rest nothing is known. `before`: as shown last. */
export function withoutSight(
  status: ServiceStatus,
  problem: string,
  now: number,
  before: ServiceStatus | undefined,
): ServiceStatus {
  const conditions = status.conditions.map((condition): Condition => {
    if (!seen.has(condition.type)) return condition;
    const old = before?.conditions.find(({ type }) => type === condition.type);
    return {
      ...condition,
      status: "Unknown",
      reason: "EngineUnavailable",
      message: `the engine cannot be reached, and so how the service stands is not known: ${problem}`,
      lastTransitionTime: old?.status === "Unknown" ? old.lastTransitionTime : new Date(now).toISOString(),
    };
  });
  const isOfHost = status.sync === "Synced" || status.sync === "OutOfSync";
  return { ...status, sync: isOfHost ? "Unknown" : status.sync, health: "Unknown", conditions };
}
