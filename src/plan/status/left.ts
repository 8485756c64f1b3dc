import { given } from "../../tools/present.js";
import type { ServiceStatus } from "../model/condition.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Outcome } from "../model/outcome.js";
import { bareStatus, worst } from "./status.js";

/**
 * Of a service that no file declares any more, whose `containers` are left: what is seen of it, for nothing is wanted.
 * Those of a replica that serve count; `desired` is none.
 */
export function leftStatus(
  service: { readonly project: string; readonly name: string },
  containers: readonly ObservedContainer[],
  outcome: Pick<Outcome, "reason" | "because">,
  now: number,
): ServiceStatus {
  const serving = containers.filter(({ role, job }) => role === "active" && job === undefined);
  const [shown = containers[0]] = serving;
  const bare = bareStatus({ ...service, image: shown?.image ?? "" }, outcome, 0, now);
  return {
    ...bare,
    health: serving.length === 0 ? "Missing" : worstSeen(serving.map(healthSeen)),
    activeDigest: serving[0]?.digest,
    revision: serving[0]?.revision,
    ...given({ createdAt: serving[0] && new Date(serving[0].createdAt).toISOString() }),
    replicas: { desired: 0, ready: serving.filter((one) => healthSeen(one) === "Healthy").length, updated: 0 },
  };
}

function worstSeen(healths: readonly ServiceStatus["health"][]): ServiceStatus["health"] {
  const known = healths.filter((health) => health !== "Unknown");
  return known.length === 0 ? "Unknown" : worst(known);
}

/** One that has ended well may have been meant to: what its file said of that is gone. */
function healthSeen({ state, health, exitCode }: ObservedContainer): ServiceStatus["health"] {
  if (state !== "running") return state === "exited" && exitCode === 0 ? "Unknown" : "Degraded";
  if (health === "unhealthy") return "Degraded";
  return health === "starting" ? "Progressing" : "Healthy";
}
