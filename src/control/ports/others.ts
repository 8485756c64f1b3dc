/** The controllers that share the engine. Throws FairleadError only. */
export interface Others {
  /** Those of these leases that have a controller, or may have one: where that one is to be found, for people. */
  inCharge(leases: Iterable<string>): Promise<ReadonlyMap<string, string>>;
}
