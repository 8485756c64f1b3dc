/** An engine that comes back is not steady at once: it answers one and hangs up on the other. */
const oneMs = 60_000;

/** The last time that the engine went away and came back, by our monotonic clock. */
export class Outage {
  #lostSince: number | undefined;
  #last: { readonly from: number; readonly to: number } | undefined;

  get last(): { readonly from: number; readonly to: number } | undefined {
    return this.#last;
  }

  lost(at: number): void {
    this.#lostSince ??= this.#last !== undefined && at - this.#last.to <= oneMs ? Math.min(this.#last.from, at) : at;
  }

  /** One that is over, and that this process did not see itself. */
  recall(past: { readonly from: number; readonly to: number }): void {
    this.#last ??= past;
  }

  found(at: number): void {
    if (this.#lostSince !== undefined) this.#last = { from: this.#lostSince, to: at };
    this.#lostSince = undefined;
  }
}
