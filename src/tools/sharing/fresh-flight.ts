/**
 * Shares work between callers that ask at the same time, but never hands out an answer whose work began before the
 * question: a caller that has just changed something must see it. So at most one run is under way and one is waiting.
 */
export class FreshFlight<T> {
  #current: Promise<T> | undefined;
  #next: Promise<T> | undefined;

  constructor(private readonly work: () => Promise<T>) {}

  run(): Promise<T> {
    if (this.#next !== undefined) return this.#next;
    if (this.#current === undefined) return this.#depart();
    const depart = () => this.#depart();
    this.#next = this.#current.then(depart, depart);
    return this.#next;
  }

  #depart(): Promise<T> {
    this.#next = undefined;
    const run = this.work().finally(() => {
      if (this.#current === run) this.#current = undefined;
    });
    this.#current = run;
    return run;
  }
}
