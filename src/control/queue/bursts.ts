import type { ServiceKey } from "../../compose/model/service.js";
import type { Clock } from "../ports/clock.js";

/** A burst is over when nothing has come for this long. */
const quietMs = 500;
/** One that never ends is answered this often all the same. */
const longestMs = 10_000;

interface Burst {
  since: number;
  lastAt: number;
  /** Something has come that no look has seen. */
  unseen: boolean;
}

/**
 * One push makes several deliveries, and a careless sender thousands. The first is acted on at once and the rest together
 * when the burst is over: two looks, and the last begins after the last delivery.
 */
export class Bursts {
  readonly #bursts = new Map<ServiceKey, Burst>();

  constructor(
    private readonly clock: Clock,
    private readonly look: (key: ServiceKey) => void,
  ) {}

  hit(key: ServiceKey): void {
    const now = this.clock.monotonic();
    const burst = this.#bursts.get(key);
    if (burst !== undefined) {
      burst.lastAt = now;
      burst.unseen = true;
      return;
    }
    this.#bursts.set(key, { since: now, lastAt: now, unseen: false });
    this.#arm(key, quietMs);
    this.look(key);
  }

  #arm(key: ServiceKey, ms: number): void {
    this.clock.after(ms, () => {
      this.#check(key);
    });
  }

  #check(key: ServiceKey): void {
    const burst = this.#bursts.get(key);
    if (burst === undefined) return;
    const now = this.clock.monotonic();
    const quietAt = burst.lastAt + quietMs;
    if (now < quietAt && now < burst.since + longestMs) {
      this.#arm(key, Math.min(quietAt, burst.since + longestMs) - now);
    } else if (burst.unseen) {
      this.#bursts.set(key, { since: now, lastAt: now, unseen: false });
      this.#arm(key, quietMs);
      this.look(key);
    } else {
      this.#bursts.delete(key);
    }
  }
}
