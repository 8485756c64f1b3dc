/*
 * When a service is looked at lives here. What is found and done does not.
 */

import type { Clock } from "../ports/clock.js";
import type { QueueTelemetry } from "../ports/telemetry.js";
import { backoffMs } from "./backoff.js";
import type { BackoffOptions } from "./backoff.js";
import { Turns } from "./turns.js";
import type { Place } from "./turns.js";

/** How a run ended, and so when the next one is due. */
export type RunResult =
  | { readonly kind: "success" }
  /** A wait, not an error: the backoff starts over. */
  | { readonly kind: "requeue"; readonly afterMs: number; readonly isRoutine?: boolean }
  /** `acted`: the run changed the host before it failed, so that events about its own doing are to be expected. */
  | { readonly kind: "error"; readonly retryAfterMs: number; readonly acted: boolean }
  /** Parked until something changes. */
  | { readonly kind: "terminal" };

/** Why a run begins. */
export interface Occasion {
  /** Since when the key has waited, by the monotonic clock. */
  readonly addedAt: number;
  /** Nothing has happened that is known of: it is looked at as everything is now and then. */
  readonly isRoutine: boolean;
}

export interface QueueOptions {
  /** Must not throw; must resolve only when the work has really stopped. */
  readonly run: (key: string, occasion: Occasion) => Promise<RunResult>;
  /** Runs under way at once. */
  readonly atOnce: number;
  /** A key's time has come: what was known when it began to wait may be out of date. */
  readonly onDue?: () => void;
  readonly clock: Clock;
  readonly backoff: BackoffOptions;
  readonly telemetry: QueueTelemetry;
}

interface Item {
  readonly key: string;
  /** Of tries by the queue itself: whoever asks meanwhile, and however often, puts off none of them. */
  failures: number;
  /** The run that waits is such a try. */
  isRetry: boolean;
  /** It is to be looked at, and has not been since. */
  place: Place | undefined;
  /** Since when. This and the others: by the monotonic clock. */
  addedAt: number;
  startedAt: number | undefined;
  isHeld: boolean;
  /** An event that came while the run was under way. */
  noticed: boolean;
  /** Events before this moment are taken for echoes of the failed run's own doing. */
  quietUntil: number;
  cancelTimer: (() => void) | undefined;
  /** When that timer ends, epoch ms. */
  dueAt: number | undefined;
}

/** Events about our own doing arrive within this time. */
const echoMs = 1_500;

/**
 * client-go's work queue: each key is worked on once at a time, and any burst during a run makes exactly one more run. What
 * has happened comes before what is looked at as a matter of routine.
 */
export class KeyedQueue {
  readonly #items = new Map<string, Item>();
  readonly #turns: Turns<Item>;
  /** Keys that are to be looked at. */
  #depth = 0;
  #draining = false;

  constructor(private readonly options: QueueOptions) {
    this.#turns = new Turns(options.atOnce, (item) => this.#process(item));
    options.telemetry.onScrape(() => {
      this.#report();
    });
  }

  /** The key is to be looked at now, whatever it was waiting for. `isRoutine`: though nothing is known to have happened. */
  add(key: string, isRoutine = false): void {
    this.#begin(this.#item(key), { isRetry: false, isRoutine });
  }

  #begin(item: Item, { isRetry, isRoutine }: { readonly isRetry: boolean; readonly isRoutine: boolean }): void {
    if (this.#draining) return;
    const { clock, telemetry } = this.options;
    item.cancelTimer?.();
    item.cancelTimer = undefined;
    const place = isRoutine ? "routine" : "first";
    if (item.place === undefined) {
      item.place = place;
      item.isRetry = isRetry;
      item.addedAt = clock.monotonic();
      telemetry.added();
      this.#count(1);
    } else if (item.place === place || isRoutine) return;
    else item.place = place;
    this.#enqueue(item);
  }

  #enqueue(item: Item): void {
    if (item.place !== undefined && item.startedAt === undefined && !item.isHeld) this.#turns.wait(item, item.place);
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
    if (item.startedAt !== undefined || item.isHeld) return undefined;
    item.isHeld = true;
    this.#turns.leave(item);
    return () => {
      item.isHeld = false;
      this.#enqueue(item);
    };
  }

  /** The key is gone: its timers and failures go too. A run under way ends by itself, and keeps the key to itself until then. */
  forget(key: string): void {
    const item = this.#items.get(key);
    if (item === undefined) return;
    this.#drop(item);
    item.failures = 0;
    if (item.startedAt === undefined && !item.isHeld) this.#items.delete(key);
  }

  /** When the key is looked at next: now, at that moment (epoch ms), or only when something happens. */
  next(key: string): "now" | number | undefined {
    const item = this.#items.get(key);
    if (item === undefined) return undefined;
    if (item.startedAt !== undefined || item.place !== undefined) return "now";
    return item.cancelTimer === undefined ? undefined : item.dueAt;
  }

  /** Takes nothing new and resolves when the runs under way have ended. */
  async drain(): Promise<void> {
    this.#draining = true;
    for (const item of this.#items.values()) this.#drop(item);
    await this.#turns.idle();
  }

  #drop(item: Item): void {
    item.cancelTimer?.();
    item.cancelTimer = undefined;
    this.#turns.leave(item);
    if (item.place === undefined) return;
    item.place = undefined;
    this.#count(-1);
  }

  #item(key: string): Item {
    const known = this.#items.get(key);
    if (known !== undefined) return known;
    const item: Item = {
      key,
      failures: 0,
      isRetry: false,
      place: undefined,
      addedAt: 0,
      startedAt: undefined,
      isHeld: false,
      noticed: false,
      quietUntil: 0,
      cancelTimer: undefined,
      dueAt: undefined,
    };
    this.#items.set(key, item);
    return item;
  }

  async #process(item: Item): Promise<void> {
    const { clock, telemetry } = this.options;
    const startedAt = clock.monotonic();
    const occasion = { addedAt: item.addedAt, isRoutine: item.place === "routine" };
    telemetry.waited((startedAt - item.addedAt) / 1_000);
    item.place = undefined;
    item.startedAt = startedAt;
    item.noticed = false;
    // It is of the next run as soon as somebody asks.
    const { isRetry } = item;
    this.#count(-1);
    const result = await this.options.run(item.key, occasion);
    telemetry.worked((clock.monotonic() - startedAt) / 1_000);
    item.startedAt = undefined;
    if (!this.#draining) this.#settle(item, result, isRetry);
    this.#enqueue(item);
  }

  #settle(item: Item, result: RunResult, isRetry: boolean): void {
    const { clock, backoff, telemetry } = this.options;
    const echo = result.kind === "error" && result.acted;
    item.quietUntil = echo ? clock.monotonic() + echoMs : 0;
    if (result.kind === "error") {
      if (isRetry) item.failures += 1;
      const afterMs = Math.max(backoffMs(item.failures, backoff), result.retryAfterMs);
      telemetry.retried();
      this.#later(item, afterMs);
    } else {
      item.failures = 0;
      if (result.kind === "requeue") this.#later(item, result.afterMs, result.isRoutine);
    }
    if (item.noticed && !echo) this.add(item.key);
  }

  #later(item: Item, afterMs: number, isRoutine = false): void {
    if (item.place !== undefined) return;
    item.dueAt = this.options.clock.now() + afterMs;
    item.cancelTimer = this.options.clock.after(afterMs, () => {
      item.cancelTimer = undefined;
      this.options.onDue?.();
      this.#begin(item, { isRetry: true, isRoutine });
    });
  }

  #count(change: 1 | -1): void {
    this.#depth += change;
    this.options.telemetry.depth(this.#depth);
  }

  #report(): void {
    const now = this.options.clock.monotonic();
    let total = 0;
    let longest = 0;
    for (const { startedAt } of this.#items.values()) {
      const running = startedAt === undefined ? 0 : (now - startedAt) / 1_000;
      total += running;
      longest = Math.max(longest, running);
    }
    this.options.telemetry.running(total, longest);
  }
}
