import { readFileSync } from "node:fs";

/** A way in which Fairlead reads a project unlike Docker Compose 2.40, or prints it unlike `docker compose config`. */
export interface ReadingDifference {
  /** As a person would name it. */
  readonly what: string;
  readonly reason: string;
  /** Places of the JSON: keys and indexes with `/` between them. `*` stands for one of them, `**` for any number. */
  readonly places?: readonly string[];
  /** The values there, as JSON; a regular expression between slashes; `absent`. Without: any. */
  readonly theirs?: string;
  readonly ours?: string;
  /** Lists whose order both choose by themselves: they are compared as sets. */
  readonly sets?: readonly string[];
  /** Instead: the one that takes no such project, and the words in which it says so, as a regular expression. */
  readonly refusedBy?: "Fairlead" | "Compose";
  readonly words?: string;
}

/** In the order of `docs/compose-parity.md`, which is made from it. */
export const readingDifferences = JSON.parse(
  readFileSync(new URL("differences.json", import.meta.url), "utf8"),
) as readonly ReadingDifference[];

/** One place where both print different values; undefined: nothing. */
export interface Unlike {
  readonly place: string;
  readonly theirs: unknown;
  readonly ours: unknown;
}

/** Which entry of the table it is. */
export function entryFor({ place, theirs, ours }: Unlike): ReadingDifference | undefined {
  return readingDifferences.find(
    (entry) =>
      entry.places?.some((pattern) => matches(pattern, place)) === true &&
      isLike(entry.theirs, theirs) &&
      isLike(entry.ours, ours),
  );
}

export function entryForRefusal(by: "Fairlead" | "Compose", message: string): ReadingDifference | undefined {
  return readingDifferences.find(
    ({ refusedBy, words = "" }) => refusedBy === by && new RegExp(words, "s").test(message),
  );
}

function matches(pattern: string, place: string): boolean {
  const parts = pattern
    .replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&")
    .split("**")
    .map((part) => part.replaceAll("*", "[^/]*"));
  return new RegExp(`^${parts.join(".*")}$`).test(place);
}

function isLike(pattern: string | undefined, value: unknown): boolean {
  if (pattern === undefined) return true;
  const json = value === undefined ? "absent" : JSON.stringify(value);
  return /^\/.*\/$/s.test(pattern) ? new RegExp(pattern.slice(1, -1), "s").test(json) : json === pattern;
}

/** Where two JSON values differ, leaf by leaf; an empty list or mapping is a leaf. */
export function unlike(theirs: unknown, ours: unknown): readonly Unlike[] {
  const [left, right] = [leavesOf(theirs, ""), leavesOf(ours, "")];
  return [...new Set([...left.keys(), ...right.keys()])]
    .map((place) => ({ place, theirs: left.get(place), ours: right.get(place) }))
    .filter((each) => JSON.stringify(each.theirs) !== JSON.stringify(each.ours));
}

const sets = readingDifferences.flatMap((entry) => entry.sets ?? []);

function leavesOf(value: unknown, place: string, leaves = new Map<string, unknown>()): Map<string, unknown> {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) leaves.set(place, value);
  else {
    const isSet = Array.isArray(value) && sets.some((pattern) => matches(pattern, place));
    for (const [key, member] of Object.entries(isSet ? value.map(String).toSorted() : value)) {
      leavesOf(member, place === "" ? key : `${place}/${key}`, leaves);
    }
  }
  return leaves;
}
