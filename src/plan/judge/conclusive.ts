import type { Step } from "../model/step.js";

const conclusive: ReadonlySet<Step["kind"]> = new Set([
  ...(["keep-logs", "rename-container", "remove-container", "note-reload"] as const),
]);

/**
 * Steps that follow from a judgement and end something: a digest is held, a container is promoted, put back or put away, a
 * reload has gone well or not. What such a judgement rests on has to be seen anew before it is acted on.
 */
export function isConclusive(steps: readonly Step[]): boolean {
  return steps.some(({ kind }) => conclusive.has(kind));
}
