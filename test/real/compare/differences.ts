import type { Difference } from "./difference.js";
import { containerFields, plainFields, type Fields } from "./fields.js";
import type { Found, Inspected } from "./host.js";
import { intendedDifferences, type IntendedDifference } from "./intended.js";
import type { PeerName } from "./peers.js";

export interface Comparison {
  /** How many fields one side or the other has. */
  readonly fields: number;
  readonly intended: readonly IntendedDifference[];
  readonly unintended: readonly Difference[];
}

/** Both hosts whole: a container that only one side has differs in every field. */
export function compare(peer: PeerName, theirs: Found, ours: Found): Comparison {
  const kinds = ["containers", "networks", "volumes"] as const;
  const all = kinds.flatMap((kind) => compareKind(peer, kind, theirs, ours));
  const intended: IntendedDifference[] = [];
  const unintended: Difference[] = [];
  for (const { left, right, ...row } of all) {
    for (const field of new Set([...left.keys(), ...right.keys()])) {
      const difference: Difference = { ...row, field, theirs: left.get(field), ours: right.get(field) };
      if (JSON.stringify(difference.theirs) === JSON.stringify(difference.ours)) continue;
      const entry = intendedDifferences.find((candidate) => candidate.covers(difference, left, right));
      if (entry === undefined) unintended.push(difference);
      else intended.push(entry);
    }
  }
  const fields = all.reduce((sum, { left, right }) => sum + new Set([...left.keys(), ...right.keys()]).size, 0);
  return { fields, intended, unintended };
}

function compareKind(peer: PeerName, kind: keyof Found, theirs: Found, ours: Found) {
  const fieldsOf = (thing: Inspected | undefined, found: Found): Fields => {
    if (thing === undefined) return new Map();
    return kind === "containers" ? containerFields(thing, found) : plainFields(thing);
  };
  const names = new Set([...theirs[kind].keys(), ...ours[kind].keys()]);
  return [...names].map((of) => {
    const left = fieldsOf(theirs[kind].get(of), theirs);
    const right = fieldsOf(ours[kind].get(of), ours);
    return { peer, kind, of, left, right };
  });
}
