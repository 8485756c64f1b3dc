import { BoundedMap } from "../../tools/sharing/bounded-map.js";

/** Whose turn it is. */
export interface Turn {
  /** The repository that is asked about. */
  readonly of: string;
  /** Somebody waits for the answer: a hook has come, or a person asks. */
  readonly urgent: boolean;
}

export interface LaneWidths {
  /** Tasks at once; the last of these places is kept for urgent ones. */
  readonly quick: number;
  /** At once, of those that were slow the last time. */
  readonly slow: number;
  /** A task that takes longer is slow: it goes on, but leaves its place to others. */
  readonly slowMs: number;
}

interface Waiting {
  readonly turn: Turn;
  readonly isSlow: boolean;
  readonly begin: () => void;
}

const mostSlow = 5000;

/**
 * The order in which one host is asked: few tasks at a time, urgent ones first, the others as they came. A repository that
 * hangs holds up others once, for `slowMs`; from then on it waits for its like, until it is quick again.
 */
export class Lane {
  /** In the order in which they came: first those whom somebody waits for. */
  readonly #waiting: Readonly<Record<Place, Set<Waiting>>> = { urgent: new Set(), usual: new Set(), slow: new Set() };
  readonly #slowOnes = new BoundedMap<string, true>(mostSlow);
  readonly #running = { usual: 0, urgent: 0, slow: 0 };

  constructor(private readonly widths: LaneWidths) {}

  async run<T>(turn: Turn, task: () => Promise<T>): Promise<T> {
    const isSlow = this.#slowOnes.get(turn.of) === true;
    const state: { place: Place } = { place: placeOf(turn, isSlow) };
    await this.#enter({ turn, isSlow });
    const overdue = setTimeout(() => {
      this.#slowOnes.set(turn.of, true);
      this.#running[state.place] -= 1;
      state.place = "slow";
      this.#running.slow += 1;
      this.#admit();
    }, this.widths.slowMs);
    const begunAt = performance.now();
    try {
      return await task();
    } finally {
      clearTimeout(overdue);
      if (performance.now() - begunAt < this.widths.slowMs) this.#slowOnes.delete(turn.of);
      this.#running[state.place] -= 1;
      this.#admit();
    }
  }

  #enter(one: Omit<Waiting, "begin">): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting[placeOf(one.turn, one.isSlow)].add({ ...one, begin: resolve });
      this.#admit();
    });
  }

  /** Thousands may wait: each of these rows is looked at only as far as there is room. */
  #admit(): void {
    const slow = [...this.#waiting.slow].sort((one, other) => Number(other.turn.urgent) - Number(one.turn.urgent));
    for (const row of [this.#waiting.urgent, this.#waiting.usual, slow]) {
      for (const one of row) {
        if (!this.#hasRoom(one)) break;
        const place = placeOf(one.turn, one.isSlow);
        this.#waiting[place].delete(one);
        // The place is taken here, so that nobody who comes meanwhile slips in.
        this.#running[place] += 1;
        one.begin();
      }
    }
  }

  #hasRoom({ turn, isSlow }: Waiting): boolean {
    const { usual, urgent, slow } = this.#running;
    if (isSlow) return slow < this.widths.slow;
    return usual + urgent < this.widths.quick && (turn.urgent || usual < Math.max(1, this.widths.quick - 1));
  }
}

type Place = "usual" | "urgent" | "slow";

function placeOf({ urgent }: Turn, isSlow: boolean): Place {
  return isSlow ? "slow" : urgent ? "urgent" : "usual";
}
