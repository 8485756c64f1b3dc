import type { ServiceSpec } from "../../compose/model/service.js";
import type { Memory } from "../model/desired.js";

/** No rollout of the service is to begin. */
export function isPaused({ release }: Pick<ServiceSpec, "release">, memory: Pick<Memory, "pausedAt">): boolean {
  return release?.paused === true || memory.pausedAt !== undefined;
}
