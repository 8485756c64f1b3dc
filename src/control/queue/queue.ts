/*
 * When a service is looked at lives here. What is found and done does not.
 */

import PQueue from "p-queue";
import type { Clock } from "../ports/clock.js";
import type { QueueTelemetry } from "../ports/telemetry.js";
import { backoffMs } from "./backoff.js";
import type { BackoffOptions } from "./backoff.js";

/** How a run ended, and so when the next one is due. */
export type RunResult =
  | { readonly kind: "success" }
  /** A wait, not an error: the backoff starts over. */
  | { readonly kind: "requeue"; readonly afterMs: number }
  /** `acted`: the run changed the host before it failed, so that events about its own doing are to be expected. */
  | { readonly kind: "error"; readonly retryAfterMs: number; readonly acted: boolean }
  /** Parked until something changes. */
  | { readonly kind: "terminal" };

export interface QueueOptions {
  /** Must not throw; must resolve only when the work has really stopped. */
  readonly run: (key: string) => Promise<RunResult>;
  /** A key's time has come: what was known when it began to wait may be out of date. */
  readonly onDue?: () => void;
  readonly clock: Clock;
  readonly backoff: BackoffOptions;
  readonly telemetry: QueueTelemetry;
}

interface Item {
  readonly lane: PQueue;
  failures: number;
  /** Since when the key has been dirty. This and the others: by the monotonic clock. */
  addedAt: number | undefined;
  startedAt: number | undefined;
  /** An event that came while the run was under way. */
  noticed: boolean;
  /** Events before this moment are taken for echoes of the failed run's own doing. */
  quietUntil: number;
  cancelTimer: (() => void) | undefined;
}

/** Events about our own doing arrive within this time. */
const echoMs = 1_500;

/**
 * client-go's work queue on p-queue: one lane of concurrency 1 per key. A lane's `size` is the dirty mark and its
 * `pending` the processing mark, so that any burst during a run makes exactly one more run.
 */
export class KeyedQueue {
  readonly #items = new Map<string, Item>();
  #draining = false;

  constructor(private readonly options: QueueOptions) {
    options.telemetry.onScrape(() => {
      this.#report();
    });
  }

  /** The key is to be looked at now, whatever it was waiting for. */
  add(key: string): void {
    if (this.#draining) return;
    const item = this.#item(key);
    item.cancelTimer?.();
    item.cancelTimer = undefined;
    if (item.lane.size > 0) return;
    item.addedAt = this.options.clock.monotonic();
    this.options.telemetry.added();
    void item.lane.add(() => this.#process(key, item));
    this.#report();
  }

  /** Something was seen to happen to the key. Unlike `add` it does not cut short the backoff after our own failed doing. */
  notice(key: string): void {
    const item = this.#item(key);
    if (item.startedAt !== undefined) item.noticed = true;
    else if (this.options.clock.monotonic() >= item.quietUntil) this.add(key);
  }

  /**
   * The key is left alone until the answer is called: what comes meanwhile waits. Undefined: a run of it is under way, or
   * somebody else holds it. Nobody waits for another key within a run: so two can never wait for each other.
   */
  hold(key: string): (() => void) | undefined {
    const item = this.#item(key);
    if (item.startedAt !== undefined || item.lane.pending > 0 || item.lane.isPaused) return undefined;
    item.lane.pause();
    return () => {
      item.lane.start();
    };
  }

  /** The key is gone: its timers and failures go too. A run under way ends by itself, and keeps the key to itself until then. */
  forget(key: string): void {
    const item = this.#items.get(key);
    if (item === undefined) return;
    item.cancelTimer?.();
    item.cancelTimer = undefined;
    item.failures = 0;
    item.lane.clear();
    if (item.startedAt === undefined && !item.lane.isPaused) this.#items.delete(key);
  }

  /** Takes nothing new and resolves when the runs under way have ended. */
  async drain(): Promise<void> {
    this.#draining = true;
    for (const item of this.#items.values()) {
      item.cancelTimer?.();
      item.lane.clear();
    }
    await Promise.all([...this.#items.values()].map((item) => item.lane.onIdle()));
  }

  #item(key: string): Item {
    const known = this.#items.get(key);
    if (known !== undefined) return known;
    const item: Item = {
      lane: new PQueue({ concurrency: 1 }),
      failures: 0,
      addedAt: undefined,
      startedAt: undefined,
      noticed: false,
      quietUntil: 0,
      cancelTimer: undefined,
    };
    this.#items.set(key, item);
    return item;
  }

  async #process(key: string, item: Item): Promise<void> {
    const { clock, telemetry } = this.options;
    const startedAt = clock.monotonic();
    telemetry.waited((startedAt - (item.addedAt ?? startedAt)) / 1_000);
    item.addedAt = undefined;
    item.startedAt = startedAt;
    item.noticed = false;
    this.#report();
    const result = await this.options.run(key);
    telemetry.worked((clock.monotonic() - startedAt) / 1_000);
    item.startedAt = undefined;
    if (!this.#draining) this.#settle(key, item, result);
    this.#report();
  }

  #settle(key: string, item: Item, result: RunResult): void {
    const { clock, backoff, telemetry } = this.options;
    const echo = result.kind === "error" && result.acted;
    item.quietUntil = echo ? clock.monotonic() + echoMs : 0;
    if (result.kind === "error") {
      const afterMs = Math.max(backoffMs(item.failures, backoff), result.retryAfterMs);
      item.failures += 1;
      telemetry.retried();
      this.#later(key, item, afterMs);
    } else {
      item.failures = 0;
      if (result.kind === "requeue") this.#later(key, item, result.afterMs);
    }
    if (item.noticed && !echo) this.add(key);
  }

  #later(key: string, item: Item, afterMs: number): void {
    if (item.lane.size > 0) return;
    item.cancelTimer = this.options.clock.after(afterMs, () => {
      item.cancelTimer = undefined;
      this.options.onDue?.();
      this.add(key);
    });
  }

  #report(): void {
    const now = this.options.clock.monotonic();
    let depth = 0;
    let total = 0;
    let longest = 0;
    for (const item of this.#items.values()) {
      depth += item.lane.size;
      const running = item.startedAt === undefined ? 0 : (now - item.startedAt) / 1_000;
      total += running;
      longest = Math.max(longest, running);
    }
    this.options.telemetry.depth(depth);
    this.options.telemetry.running(total, longest);
  }
}
