import type { Shape } from "../client/api.js";
import { printable } from "../../tools/printable.js";

type Source = Shape<"Source">;

/** Of a repository what is in force, and where that is not its newest commit, why. */
export function sourceLine({ source, ref, newest, inForce, condition, writeBack }: Source): string {
  const inUse = inForce === undefined ? "nothing is in force" : `${told(inForce)} is in force`;
  const isNewest = newest === undefined || newest.id === inForce?.id;
  const ahead = isNewest ? "" : `, the newest is ${told(newest)}`;
  const why = condition.status === "True" ? "" : `; ${condition.reason}: ${condition.message}`;
  return printable(`${source} ${ref}: ${inUse}${ahead}${why}${writtenBack(writeBack)}`, 600);
}

function writtenBack(state: Source["writeBack"]): string {
  if (state === undefined) return "";
  const { branch = "its branch", condition, last } = state;
  if (condition.status === "False") return `; not written to ${branch}: ${condition.reason}: ${condition.message}`;
  return last === undefined ? "" : `; commit ${last.commit.slice(0, 7)} on ${branch} says what runs`;
}

function told({ id, author, subject }: Shape<"Commit">): string {
  return `commit ${id.slice(0, 7)} (${author}: ${subject})`;
}
