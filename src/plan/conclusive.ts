import type { Step } from "./step.js";

/**
 * Steps that follow from a judgement and end something: a digest is held, a container is promoted, put back or put away.
 * What such a judgement rests on has to be seen anew before it is acted on.
 */
export function isConclusive(steps: readonly Step[]): boolean {
  return steps.some(({ kind }) => kind === "keep-logs" || kind === "rename-container" || kind === "remove-container");
}
