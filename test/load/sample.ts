/** Whose answers a client gets, and over what: a connection that it keeps, or a new one for every request. */
export type ClientKind = "kept" | "fresh";

/**
 * `refused` and `unreachable`: no connection; `reset`: cut before the answer's head; `truncated`: after it; `status`: not
 * 200; `wrong-body`: whole, and not the answer to this request; `timeout`: none in time.
 */
export type Fault = "refused" | "unreachable" | "reset" | "truncated" | "timeout" | "status" | "wrong-body" | "other";

/** One request of the load. Instants are epoch milliseconds with fractions. */
export interface Sample {
  readonly client: ClientKind;
  /** The server was asked to take its time. */
  readonly isSlow: boolean;
  /**
   * When the client wanted to ask: earlier than `startedAt` where its last answer was late. Latency counts from here, so
   * that requests which a stall kept from being sent are counted as slow ones.
   */
  readonly wantedAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: Good | Failure;
}

export interface Good {
  readonly version: string;
}

export interface Failure {
  readonly fault: Fault;
  /** An error code, a status, the beginning of a body. */
  readonly detail: string;
}

export function versionOf({ outcome }: Sample): string | undefined {
  return "version" in outcome ? outcome.version : undefined;
}
