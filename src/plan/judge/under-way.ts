import type { Plan } from "../model/outcome.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";

/** A container or job of the service is still to come to its end, or another look follows at once. */
export function isUnderWay(
  { outcome }: Pick<Plan, "outcome">,
  { containers, jobs }: Pick<View, "containers" | "jobs">,
): boolean {
  if (outcome.kind === "continue" || jobs.some(isUp)) return true;
  return outcome.kind === "wait" && containers.some(({ role }) => role === "next");
}
