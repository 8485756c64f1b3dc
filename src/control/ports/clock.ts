/** Time, injected so that tests own it. */
export interface Clock {
  /** Epoch milliseconds: what people and other machines mean. It may jump. */
  now(): number;
  /** Milliseconds since some moment of this process; never goes back. For every duration. */
  monotonic(): number;
  /** Calls back once after `ms`; the answer cancels it. */
  after(ms: number, callback: () => void): () => void;
}
