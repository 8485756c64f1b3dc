/** In which order: what has happened first, what is only looked at again after that. Each as it came. */
export type Place = "first" | "routine";

/** Of this many places one is kept for what has happened: it waits for nothing that is only looked at again. */
const keptOf = 4;

/** So many begin before whatever else this process has to do gets its turn: a delivery, a probe, a timer. */
const inOneGo = 16;

interface Waiting<T> {
  readonly one: T;
  readonly place: Place;
}

/** Who waits for one of a few places, and who has one. */
export class Turns<T> {
  readonly #waiting: Readonly<Record<Place, Set<T>>> = { first: new Set(), routine: new Set() };
  readonly #running = new Set<Promise<void>>();
  /** Of those that run. */
  #routine = 0;
  #begun = 0;
  #isPausing = false;
  readonly #mostRoutine: number;

  /** `work` must not reject. */
  constructor(
    private readonly atOnce: number,
    private readonly work: (one: T) => Promise<void>,
  ) {
    this.#mostRoutine = Math.max(1, atOnce - Math.ceil(atOnce / keptOf));
  }

  /** It begins as soon as it is its turn. One that waits already keeps its turn, or gets the better one. */
  wait(one: T, place: Place): void {
    if (place === "first") this.#waiting.routine.delete(one);
    else if (this.#waiting.first.has(one)) return;
    this.#waiting[place].add(one);
    this.#admit();
  }

  leave(one: T): void {
    for (const waiting of Object.values(this.#waiting)) waiting.delete(one);
  }

  /** Resolves when none of those who have begun is under way any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #admit(): void {
    while (this.#running.size < this.atOnce) {
      const next = this.#next();
      if (next === undefined) return;
      // What has happened does not wait behind the work of those that have just begun.
      if (this.#begun >= (next.place === "first" ? 2 * inOneGo : inOneGo)) {
        this.#pause();
        return;
      }
      this.#begun += 1;
      this.#begin(next);
    }
  }

  #begin({ one, place }: Waiting<T>): void {
    this.leave(one);
    const routine = place === "routine" ? 1 : 0;
    this.#routine += routine;
    const run = this.work(one).finally(() => {
      this.#routine -= routine;
      this.#running.delete(run);
      this.#admit();
    });
    this.#running.add(run);
  }

  #next(): Waiting<T> | undefined {
    for (const one of this.#waiting.first) return { one, place: "first" };
    if (this.#routine >= this.#mostRoutine) return undefined;
    for (const one of this.#waiting.routine) return { one, place: "routine" };
    return undefined;
  }

  #pause(): void {
    if (this.#isPausing) return;
    this.#isPausing = true;
    setImmediate(() => {
      this.#isPausing = false;
      this.#begun = 0;
      this.#admit();
    });
  }
}
