/** What a parent asks of a worker. */
export type Order = "look" | "end";

/** What one look at everything has cost. */
export interface Looked {
  /** Of a processor, by all threads of the process. */
  readonly cpuMs: number;
  /** Until each service had been looked at. */
  readonly wallMs: number;
  /** The longest time in which the event loop did nothing else. */
  readonly pauseMs: number;
  /** From somebody's asking for one service in the middle of it until its run began. */
  readonly beginMs: number;
  readonly reconciles: number;
  readonly lists: number;
  readonly calls: number;
}
