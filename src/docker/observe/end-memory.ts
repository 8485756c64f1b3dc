/** Signals that ask a process for something else than its end: HUP, USR1, USR2, WINCH. */
const otherSignals: ReadonlySet<string> = new Set(["1", "10", "12", "28"]);
/** How long after such a request a death still counts as its consequence. */
const consequenceMs = 60_000;
/** How long after a signal of ours its event may still come. */
const echoMs = 10_000;
/** An engine that shuts down ends its containers one to some ten seconds before it hangs up. */
const shutdownMs = 30_000;

/**
 * Which containers ended because somebody else asked for it: a person's `docker stop`, or an engine that shuts down. The
 * engine tells so by its `kill` events; Podman, which says nothing of signals, by a `stop` before or after the death. Times
 * are ours, by the monotonic clock: when it was told.
 */
export class EndMemory {
  /** Whether it has died since. */
  readonly #stoppedByUs = new Map<string, boolean>();
  readonly #requests = new Map<string, number>();
  /** When we sent a signal whose event has not come yet. */
  readonly #signalled = new Map<string, number>();
  readonly #ends = new Map<string, number>();
  readonly #deaths = new Map<string, number>();

  /** We are about to stop it: the requests that follow are ours, until it starts again. */
  weStop(id: string): void {
    this.#stoppedByUs.set(id, false);
  }

  /** We are about to send it a signal, which is no request to end. Answers what is to be called where that is refused. */
  weSignal(id: string, at: number): () => void {
    this.#signalled.set(id, at);
    return () => {
      this.#signalled.delete(id);
    };
  }

  killed(id: string, signal: string, at: number): void {
    const sentAt = this.#signalled.get(id);
    this.#signalled.delete(id);
    if (sentAt !== undefined && Math.abs(at - sentAt) <= echoMs) return;
    if (!this.#stoppedByUs.has(id) && !otherSignals.has(signal)) this.#requests.set(id, at);
  }

  /** Docker says so when its `kill` has told already. */
  stopped(id: string, at: number): void {
    if (this.#stoppedByUs.has(id)) return;
    const death = this.#deaths.get(id);
    if (death !== undefined && at - death <= consequenceMs) this.#ends.set(id, death);
    else this.#requests.set(id, at);
  }

  died(id: string, at: number): void {
    this.#deaths.set(id, at);
    const asked = this.#requests.get(id);
    if (asked !== undefined && at - asked <= consequenceMs) this.#ends.set(id, at);
    this.#requests.delete(id);
    if (this.#stoppedByUs.has(id)) this.#stoppedByUs.set(id, true);
  }

  started(id: string): void {
    // The event of an earlier start may come after our stop has begun.
    if (this.#stoppedByUs.get(id) === true) this.#stoppedByUs.delete(id);
    this.#requests.delete(id);
    this.#ends.delete(id);
    this.#deaths.delete(id);
  }

  /** We are about to start it. Answers what is to be called where that is refused: then it is as before. */
  weStart(id: string): () => void {
    const end = this.#ends.get(id);
    this.forget(id);
    return () => {
      if (end !== undefined && !this.#ends.has(id)) this.#ends.set(id, end);
    };
  }

  /** It is gone. */
  forget(id: string): void {
    this.#stoppedByUs.delete(id);
    this.#signalled.delete(id);
    this.started(id);
  }

  byRequest(id: string): boolean {
    return this.#ends.has(id);
  }

  /** When a loss of the engine at `at` began: with the first container that it may have ended on its way down. */
  beginningOf(at: number): number {
    return Math.min(at, ...[...this.#ends.values()].filter((end) => end <= at && end >= at - shutdownMs));
  }

  /** Forgets containers that are gone. */
  keepOnly(ids: ReadonlySet<string>): void {
    const known = [this.#stoppedByUs, this.#requests, this.#signalled, this.#ends, this.#deaths];
    for (const id of known.flatMap((one) => [...one.keys()])) if (!ids.has(id)) this.forget(id);
  }
}
