import type { Condition, Reason } from "../model/condition.js";
import type { TagMoves } from "../model/tag-moves.js";

/** The condition `Promoted`: what has proved itself is behind the tags that the file names. */
export function promotedCondition(
  moves: TagMoves | undefined,
): readonly [status: Condition["status"], reason: Reason, message: string] {
  if (moves === undefined) return ["True", "Converged", "the file names no tag that is to be moved"];
  const { tags, digest, isUnderWay, problem } = moves;
  const named = tags.join(", ");
  if (problem !== undefined) return ["False", problem.reason, problem.message];
  if (isUnderWay === true) return ["Unknown", "Promoting", `${named}: the registry is being asked`];
  if (tags.length === 0) return ["True", "Converged", "what is followed now fits none of the patterns"];
  if (digest !== undefined) return ["True", "Converged", `${named} moved to ${digest}`];
  return ["True", "Converged", `${named}: moved once a new digest has proved itself`];
}
