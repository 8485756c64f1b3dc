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
