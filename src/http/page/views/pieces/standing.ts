import type { Condition, ConditionType, Reason, ServiceStatus } from "../../../../plan/model/condition.js";

/** How much a service wants of whoever looks at it. */
export const standings = ["attention", "busy", "waiting", "well", "off"] as const;
export type Standing = (typeof standings)[number];

export const standingWords: Readonly<Record<Standing, string>> = {
  attention: "Needs attention",
  busy: "Under way",
  waiting: "Waiting",
  well: "Well",
  off: "Off",
};

/** Reasons by which a rollout waits for a time or a person. */
export const awaited: ReadonlySet<Reason> = new Set(["WaitingForApproval", "WaitingForWindow", "WaitingForAge"]);

export function standingOf(status: ServiceStatus): Standing {
  const { sync, health } = status;
  if (sync === "Held" || (sync !== "Stopped" && (health === "Degraded" || health === "Missing"))) return "attention";
  if (awaits(status) !== undefined || sync === "Paused" || sync === "Pinned") return "waiting";
  if (sync === "Stopped") return "off";
  if (health === "Progressing" || conditionOf(status, "Progressing")?.status === "True") return "busy";
  if (health === "Unknown" || sync === "Unknown") return "attention";
  return sync === "Synced" && conditionOf(status, "Ready")?.status === "True" ? "well" : "busy";
}

/** What a rollout of it waits for, if that is a time or a person. */
export function awaits({ conditions }: ServiceStatus): Condition | undefined {
  return conditions.find(({ reason }) => awaited.has(reason));
}

export function conditionOf({ conditions }: ServiceStatus, type: ConditionType): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}
