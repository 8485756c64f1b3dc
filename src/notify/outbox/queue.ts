import type { Clock } from "../../control/ports/clock.js";
import type { Log } from "../../control/ports/log.js";
import { inTime } from "../../control/time/in-time.js";
import { pause } from "../../control/time/pause.js";
import type { Channel } from "../model/channel.js";
import type { Notice } from "../model/notice.js";
import type { ChannelStanding, NotificationTelemetry } from "../model/standing.js";
import type { Waiting } from "./memory.js";
import { giveUpMs, pauseAfter } from "./retry.js";
import { tryOnce } from "./try.js";

/** What waits for one; the oldest beyond it are dropped. */
export const mostWaiting = 1_000;
/** So many tries in a row may fail before anybody hears of it. */
const tolerated = 2;

/** A channel ends soon after its signal. */
const afterAbortMs = 3_000;

export interface QueueOptions {
  readonly channel: Channel;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: NotificationTelemetry;
  /** In [0, 1). */
  readonly random: () => number;
  /** Everything that is noted for it, oldest first, of which the first ones may be told. */
  readonly waiting: () => readonly Waiting[];
  /** What is known of it besides by now, for one that tells of that. Never rejects. */
  readonly complete: (notice: Notice, signal: AbortSignal) => Promise<Notice>;
  /** It is told, or never will be. Resolves when that outlives us, or cannot. */
  readonly done: (id: string) => Promise<void>;
}

/** Tells one channel what waits for it, one after another, until each is answered for good. Holds nobody else up. */
export class ChannelQueue {
  /** Nothing new is begun. */
  readonly #end = new AbortController();
  /** Nor is what is under way waited for. */
  readonly #abort = new AbortController();
  /** Of what is noted, these may be told. */
  readonly #offered = new Set<string>();
  #wake: () => void = () => undefined;
  #underWay: string | undefined;
  #failures = 0;
  #dropped = 0;
  #lastDelivered: ChannelStanding["lastDelivered"];
  #lastError: ChannelStanding["lastError"];
  #troubledSince: string | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly options: QueueOptions) {
    options.telemetry.channelOpened(options.channel.name);
  }

  /** It outlives us, or cannot: it may be told. */
  offer(id: string): void {
    this.#offered.add(id);
    this.#makeRoom();
    this.#count();
    this.#wake();
  }

  start(): void {
    this.#running = this.#run();
  }

  /** What is under way may still be answered, for a while. */
  async stop(patienceMs: number): Promise<void> {
    const ended = (async () => {
      this.#end.abort();
      this.#wake();
      await this.#running;
    })();
    await inTime(ended, this.options.clock, patienceMs, () => undefined);
    this.#abort.abort();
    // A program that is run ends others with it: not before it has, this process may.
    await inTime(ended, this.options.clock, afterAbortMs, () => undefined);
  }

  standing(): ChannelStanding {
    return {
      name: this.options.channel.name,
      waiting: this.options.waiting().length,
      dropped: this.#dropped,
      ...(this.#lastDelivered === undefined ? {} : { lastDelivered: this.#lastDelivered }),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
      ...(this.#troubledSince === undefined ? {} : { troubledSince: this.#troubledSince }),
    };
  }

  async #run(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      const next = this.#next();
      if (next === undefined) await this.#news();
      else await this.#tell(next);
    }
  }

  #next(): Waiting | undefined {
    return this.options.waiting().find(({ notice }) => this.#offered.has(notice.id));
  }

  async #news(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#end.signal.aborted || this.#next() !== undefined) resolve();
    });
  }

  async #tell({ notice, at }: Waiting): Promise<void> {
    const { clock, telemetry, channel, random, complete } = this.options;
    const { signal } = this.#abort;
    this.#underWay = notice.id;
    const whole = channel.tellsBetween === true ? await complete(notice, signal) : notice;
    const answer = await tryOnce(channel, whole, clock, signal);
    this.#underWay = undefined;
    switch (answer.outcome) {
      case "delivered":
        telemetry.notified(channel.name, "delivered");
        this.#lastDelivered = { id: notice.id, at: this.#now() };
        this.#well();
        await this.#done(notice.id);
        return;
      case "refused":
        telemetry.notified(channel.name, "refused");
        this.#failed(answer.why, true);
        await this.#done(notice.id);
        return;
      case "later":
        this.#failures += 1;
        this.#failed(answer.why, this.#failures > tolerated);
        if (clock.now() - at >= giveUpMs) {
          await this.#drop(notice.id);
          return;
        }
        telemetry.notified(channel.name, "retried");
        // It may have been dropped meanwhile: then the next one has its turn.
        await pause(clock, pauseAfter(this.#failures, answer.afterMs, random), this.#end.signal);
    }
  }

  #well(): void {
    this.#failures = 0;
    if (this.#troubledSince === undefined) return;
    this.#troubledSince = undefined;
    const { log, channel } = this.options;
    log.info(
      { channel: channel.name, waiting: this.options.waiting().length },
      `notify ${channel.name}: it is told again`,
    );
  }

  #failed(why: string, isTrouble: boolean): void {
    const { log, channel } = this.options;
    this.#lastError = { message: why, at: this.#now() };
    if (!isTrouble || this.#troubledSince !== undefined) return;
    this.#troubledSince = this.#now();
    log.warn({ channel: channel.name, error: why }, `notify ${channel.name}: it cannot be told: ${why}`);
  }

  /** The newest are worth more than the oldest; of those of which only the newest counts, all others go. */
  #makeRoom(): void {
    const { channel, waiting } = this.options;
    const others = waiting().filter(({ notice }) => notice.id !== this.#underWay && this.#offered.has(notice.id));
    const newest = new Map(others.map(({ notice }) => [channel.newestOf?.(notice) ?? notice.id, notice.id]));
    const counting = new Set(newest.values());
    for (const { notice } of others) if (!counting.has(notice.id)) void this.#done(notice.id);
    const left = others.filter(({ notice }) => counting.has(notice.id));
    for (const { notice } of left.slice(0, Math.max(0, left.length - mostWaiting))) void this.#drop(notice.id);
  }

  async #drop(id: string): Promise<void> {
    const { telemetry, channel } = this.options;
    telemetry.notified(channel.name, "dropped");
    this.#dropped += 1;
    await this.#done(id);
  }

  async #done(id: string): Promise<void> {
    this.#offered.delete(id);
    const written = this.options.done(id);
    this.#count();
    await written;
  }

  #count(): void {
    this.options.telemetry.waiting(this.options.channel.name, this.options.waiting().length);
  }

  #now(): string {
    return new Date(this.options.clock.now()).toISOString();
  }
}
