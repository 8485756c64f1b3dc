import type { ClusterRestart, ClusterUpdate } from "../../compose/model/cluster.js";
import { given } from "../../tools/present.js";
import type { TaskBody, UpdateBody } from "../model/body.js";
import { nanoseconds } from "./durations.js";

/** Whatever the file says of a failure: Swarm stops there, and what follows is decided by what is seen then. */
export function updateBody({ order, parallelism, delayMs, monitorMs, maxFailureRatio }: ClusterUpdate): UpdateBody {
  return {
    Parallelism: parallelism,
    ...(delayMs === 0 ? {} : { Delay: nanoseconds(delayMs) }),
    FailureAction: "pause",
    Monitor: nanoseconds(monitorMs),
    MaxFailureRatio: maxFailureRatio,
    Order: order,
  };
}

export function restartBody(restart: ClusterRestart): NonNullable<TaskBody["RestartPolicy"]> {
  return {
    Condition: restart.condition,
    ...given({
      Delay: nanoseconds(restart.delayMs),
      MaxAttempts: restart.maxAttempts,
      Window: nanoseconds(restart.windowMs),
    }),
  };
}
