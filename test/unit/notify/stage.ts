import type { Disk } from "../../../src/control/journal/disk/disk.js";
import type { Answer, Channel } from "../../../src/notify/model/channel.js";
import type { Notice } from "../../../src/notify/model/notice.js";
import type { NotificationTelemetry } from "../../../src/notify/model/standing.js";
import { Outbox } from "../../../src/notify/outbox/outbox.js";
import { ManualClock } from "../../simulator/clock.js";
import { SimulatedDisk } from "../../simulator/disk.js";
import { keptLog } from "../control/journal/stage.js";

export const data = "/data";
export const delivered: Answer = { outcome: "delivered" };

export function noticeOf(id: string, more: Partial<Notice> = {}): Notice {
  return {
    id,
    kind: "promoted",
    severity: "info",
    at: 1,
    project: "shop",
    service: "web",
    title: `web: ${id}`,
    ...more,
  };
}

export interface Receiver extends Channel {
  /** Ids, in the order in which they came, whatever was answered. */
  readonly heard: string[];
  answer: (notice: Notice, signal: AbortSignal) => Answer | Promise<Answer>;
}

/** Somebody who hears everything, and answers as a test wants. */
export function receiverOf(name: string, more: Partial<Channel> = {}): Receiver {
  const heard: string[] = [];
  return {
    ...{ name, heard, timeoutMs: 10_000, wants: () => true, answer: () => delivered },
    async deliver(notice, signal) {
      heard.push(notice.id);
      return this.answer(notice, signal);
    },
    ...more,
  };
}

export interface Counted extends NotificationTelemetry {
  readonly counts: Map<string, number>;
}

export function countedTelemetry(): Counted {
  const counts = new Map<string, number>();
  return {
    counts,
    channelOpened: () => undefined,
    notified: (name, outcome) => counts.set(`${name} ${outcome}`, (counts.get(`${name} ${outcome}`) ?? 0) + 1),
    waiting: () => undefined,
  };
}

export interface OutboxStage {
  readonly outbox: Outbox;
  readonly clock: ManualClock;
  readonly disk: Disk;
  readonly log: ReturnType<typeof keptLog>;
  readonly telemetry: Counted;
}

/** An outbox that has begun. */
export async function openOutbox(
  channels: readonly Channel[],
  {
    disk = new SimulatedDisk(),
    clock = new ManualClock(),
  }: { readonly disk?: Disk; readonly clock?: ManualClock } = {},
): Promise<OutboxStage> {
  const [log, telemetry] = [keptLog(), countedTelemetry()];
  const outbox = new Outbox({ disk, data, channels, clock, log, telemetry, random: () => 0.5 });
  const begun = outbox.begin();
  await clock.advance(0);
  await begun;
  return { outbox, clock, disk, log, telemetry };
}
