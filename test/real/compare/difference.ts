import type { Found } from "./host.js";
import type { PeerName } from "./peers.js";

/** One field in which what a peer made is unlike what Fairlead made; undefined: it is absent, or empty. */
export interface Difference {
  readonly peer: PeerName;
  readonly kind: keyof Found;
  /** The container's service and number, or the key in the file. */
  readonly of: string;
  readonly field: string;
  readonly theirs: unknown;
  readonly ours: unknown;
}

/** One line: peer, thing, field, what they have, what we have. */
export function formatDifference({ peer, of, field, theirs, ours }: Difference): string {
  const text = (value: unknown) => (value === undefined ? "nothing" : JSON.stringify(value));
  return `${peer} ${of} ${field}: theirs ${text(theirs)}, ours ${text(ours)}`;
}
