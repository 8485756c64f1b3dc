/*
 * What is to be told, to whom, and what of that is confirmed, lives here: it is on the disk before anybody is told, and
 * each channel has a queue of its own. What is told does not live here.
 */

import { join } from "node:path";
import type { Disk } from "../../control/journal/disk/disk.js";
import { nodeDisk } from "../../control/journal/disk/node-disk.js";
import type { Clock } from "../../control/ports/clock.js";
import type { Log } from "../../control/ports/log.js";
import type { Channel } from "../model/channel.js";
import type { Notice } from "../model/notice.js";
import type { NotificationsStanding, NotificationTelemetry } from "../model/standing.js";
import type { KnownProblem } from "../notices/problems.js";
import type { Line } from "./line.js";
import { Memory } from "./memory.js";
import { ChannelQueue } from "./queue.js";
import { Store } from "./store.js";

/** What is under way at the end may still be answered for so long. */
const patienceMs = 2_000;

export interface OutboxOptions {
  readonly disk?: Disk;
  /** The data directory. */
  readonly data: string;
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: NotificationTelemetry;
  /** What is known of a notice besides when it is told, for channels that tell of that. Never rejects. */
  readonly complete?: (notice: Notice, signal: AbortSignal) => Promise<Notice>;
  /** In [0, 1). */
  readonly random: () => number;
}

/** A problem, and what is known of it from now on; null: nothing any more. */
export type ProblemNews = readonly [key: string, known: KnownProblem | null];

export class Outbox {
  readonly #memory = new Memory();
  readonly #store: Store;
  readonly #queues: ReadonlyMap<string, ChannelQueue>;
  /** What is noted is offered in its order, whatever the disk does. */
  #order: Promise<unknown> = Promise.resolve();
  /** Those that were told before this process began. */
  #old: ReadonlySet<string> = new Set();
  #isUsed = false;

  constructor(private readonly options: OutboxOptions) {
    const { disk = nodeDisk, data, channels, clock, log } = options;
    const folder = join(data, "outbox");
    this.#store = new Store({ disk, folder, clock, log, state: () => this.#memory.text() });
    const queues = channels.map((channel) => [channel.name, this.#queueOf(channel)] as const);
    this.#queues = new Map(queues);
  }

  /** Reads what is there, and tells what waits. Takes as long as the disk does; never rejects. */
  async begin(): Promise<void> {
    const { channels } = this.options;
    const isThere = await this.#store.read((line) => {
      this.#memory.apply(line);
    });
    this.#old = this.#memory.adopt(channels.map(({ name }) => name));
    this.#isUsed = channels.length > 0;
    if (isThere || this.#isUsed) await this.#store.begin();
    for (const [name, queue] of this.#queues) {
      for (const { notice } of this.#memory.waiting(name)) queue.offer(notice.id);
      queue.start();
    }
  }

  /** It was noted, whether anybody wanted it or not. */
  knows(id: string): boolean {
    return this.#memory.hasSeen(id);
  }

  get problems(): ReadonlyMap<string, KnownProblem> {
    return this.#memory.problems;
  }

  /**
   * Whoever wants it is told, once that outlives us or cannot. `isPast`: it happened before this start: those that were not
   * told of anything yet begin with now.
   */
  note(notice: Notice, news?: ProblemNews, { isPast = false } = {}): void {
    const { channels, clock } = this.options;
    if (!this.#isUsed) return;
    const wanting = channels.filter(
      (channel) => (!isPast || this.#old.has(channel.name)) && this.#wants(channel, notice),
    );
    const names = wanting.map(({ name }) => name);
    const problem = news === undefined ? {} : { problem: asLine(news) };
    if (names.length === 0) {
      void this.#add({ type: "seen", id: notice.id, ...problem });
      return;
    }
    const durable = this.#add({ type: "noted", at: clock.now(), notice, for: names, ...problem });
    this.#order = this.#order.then(async () => {
      await durable;
      for (const name of names) this.#queues.get(name)?.offer(notice.id);
    });
  }

  /** Something is known of a problem that nobody is told. */
  learn(news: ProblemNews): void {
    if (this.#isUsed) void this.#add({ type: "problem", problem: asLine(news) });
  }

  standing(): NotificationsStanding {
    return { channels: [...this.#queues.values()].map((queue) => queue.standing()), durable: this.#store.isDurable() };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.stop(patienceMs)));
    await this.#store.close();
  }

  #queueOf(channel: Channel): ChannelQueue {
    const { clock, log, telemetry, random, complete = (notice: Notice) => Promise.resolve(notice) } = this.options;
    const { name } = channel;
    return new ChannelQueue({
      ...{ channel, clock, log, telemetry, random, complete },
      waiting: () => this.#memory.waiting(name),
      done: async (id) => {
        await this.#add({ type: "done", id, channel: name });
      },
    });
  }

  #add(line: Line): Promise<boolean> {
    this.#memory.apply(line);
    return this.#store.add(line);
  }

  /** A filter that fails wants it: better too much than too little. */
  #wants(channel: Channel, notice: Notice): boolean {
    try {
      return channel.wants(notice);
    } catch {
      return true;
    }
  }
}

function asLine([key, known]: ProblemNews): [string, KnownProblem | null] {
  return [key, known];
}
