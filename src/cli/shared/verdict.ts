import type { Service } from "./admin.js";

/** What of a service a verdict rests on. */
export type Standing = Pick<Service, "project" | "service" | "sync" | "pinned"> & {
  readonly conditions: readonly Pick<Service["conditions"][number], "type" | "status" | "reason" | "message">[];
};

/** 0: it runs what is wanted. 3: without a person it will not. Undefined: it may still come. */
export function verdictOf(service: Standing): 0 | 3 | undefined {
  const { sync } = service;
  const ready = service.conditions.find(({ type }) => type === "Ready");
  const isPending = ready?.status !== "True";
  if (sync === "Pinned" || sync === "Held" || sync === "Stopped" || ready?.reason === "WaitingForApproval") return 3;
  if (isPending) return sync === "Paused" && ready?.reason === "Paused" ? 3 : undefined;
  return sync === "Synced" || sync === "Paused" ? 0 : undefined;
}

/** In one line: how it stands, and why. */
export function standingOf({ sync, conditions, pinned }: Standing): string {
  const ready = conditions.find(({ type }) => type === "Ready");
  const to = sync === "Pinned" && pinned !== undefined ? ` to revision ${pinned.revision}` : "";
  return `${sync}${to}: ${ready?.message ?? ""}`;
}
