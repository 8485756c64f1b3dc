import type { ServiceKey } from "../../compose/model/service.js";
import type { Clock } from "../ports/clock.js";
import { pause } from "../time/pause.js";

/** A reader is told of one service at most so often. */
const pauseMs = 250;

/** One reader: what there is news of for it, each service once. */
interface Reader {
  readonly keys: ReadonlySet<ServiceKey> | "all";
  readonly news: Set<ServiceKey>;
  wake: () => void;
}

/** Tells readers of what there is news. Whoever reads slowly is told of the newest only; nothing piles up for anybody. */
export class Readers {
  readonly #all = new Set<Reader>();

  constructor(private readonly clock: Clock) {}

  news(key: ServiceKey): void {
    for (const reader of this.#all) {
      if (reader.keys !== "all" && !reader.keys.has(key)) continue;
      reader.news.add(key);
      reader.wake();
    }
  }

  /** `first`, and then each of `keys` that there is news of, until the signal aborts. */
  async *read(
    keys: readonly ServiceKey[] | "all",
    first: readonly ServiceKey[],
    signal: AbortSignal,
  ): AsyncGenerator<ServiceKey> {
    const chosen = keys === "all" ? keys : new Set(keys);
    const reader: Reader = { keys: chosen, news: new Set(first), wake: () => undefined };
    this.#all.add(reader);
    try {
      while (!signal.aborted) {
        const due = [...reader.news];
        reader.news.clear();
        for (const key of due) {
          if (isOver(signal)) return;
          yield key;
        }
        if (due.length > 0) await pause(this.clock, pauseMs, signal);
        else await newsFor(reader, signal);
      }
    } finally {
      this.#all.delete(reader);
    }
  }
}

async function newsFor(reader: Reader, signal: AbortSignal): Promise<void> {
  if (reader.news.size > 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      reader.wake = () => undefined;
      signal.removeEventListener("abort", end);
      resolve();
    };
    reader.wake = end;
    signal.addEventListener("abort", end);
  });
}

/** A function of its own: the compiler takes a property it has once seen false for false ever after. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
