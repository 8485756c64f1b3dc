interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that passes only when told to. Epoch ms. */
export class ManualClock {
  readonly #start: number;
  #now: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(start = Date.UTC(2030, 0, 1)) {
    this.#start = start;
    this.#now = start;
  }

  now = (): number => this.#now;
  monotonic = (): number => this.#now - this.#start;

  /** Answers a way to call it off. */
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(ms, 0), order: this.#order++, run };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** When the next timer is due; undefined: nothing will happen by itself. */
  next(): number | undefined {
    return this.#first()?.at;
  }

  /** Lets time pass, once what is under way has had its turn; what is due happens in order, and what follows from it in promises has its turn before time goes on. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let timer = this.#first(); timer !== undefined && timer.at <= end; timer = this.#first()) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.run();
      await settled();
    }
    this.#now = end;
    await settled();
  }

  #first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
