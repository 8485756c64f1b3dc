import type { Pair } from "./pair.js";

/** Where a pair comes from, and where a newer one will. */
export interface PairSource {
  /** Throws FairleadError ConfigInvalid: there is none, or none that can be used. */
  first(): Promise<Pair>;
  /**
   * What has become of it: another pair, whole and valid now; `current` itself, where that is what there is; undefined where
   * nothing can be said yet. Throws FairleadError: what is there cannot be used.
   */
  next(current: Pair): Promise<Pair | undefined>;
}

/** What is counted and measured of TLS. */
export interface TlsTelemetry {
  /** Unix time, in seconds. */
  certificateEnds(at: number): void;
  /** Another one is there, and cannot be used. */
  certificateRefused(isRefused: boolean): void;
  handshakeFailed(): void;
}
