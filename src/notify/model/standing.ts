import type { Answer, Channel } from "./channel.js";
import type { NoticeKind } from "./notice.js";

/** How it stands with one that is told. */
export interface ChannelStanding {
  readonly name: string;
  /** Notices that are not told yet. */
  readonly waiting: number;
  /** So many were given up since the controller began: too old, or too many. */
  readonly dropped: number;
  readonly lastDelivered?: { readonly id: string; readonly at: string };
  readonly lastError?: { readonly message: string; readonly at: string };
  /** ISO 8601: since when nothing gets through. Absent: it is well. */
  readonly troubledSince?: string;
}

export interface NotificationsStanding {
  readonly channels: readonly ChannelStanding[];
  /** False: a restart may lose what waits, or tell it twice. */
  readonly durable: boolean;
}

/** What a person may ask of those who tell. */
export interface Notifications {
  standing(): NotificationsStanding;
  /** Tells one of them a sample. Undefined: nobody is called so. */
  test(name: string, wish: TestWish): Promise<TestOutcome | undefined>;
}

export interface TestWish {
  /** Absent: the first that it wants. */
  readonly kind?: NoticeKind;
  /** Nothing is sent. */
  readonly dryRun: boolean;
}

export interface TestOutcome {
  readonly kind: NoticeKind;
  /** What a person would read, or what the template makes of it. */
  readonly text: string;
  /** Its settings leave such notices out: only a test sends one. */
  readonly isUnwanted?: true;
  /** Absent: nothing was sent. */
  readonly answer?: Answer;
}

/** A channel that can show what it would say. */
export interface ShownChannel extends Channel {
  readonly render?: (notice: Parameters<Channel["deliver"]>[0]) => string;
}

export const notificationOutcomes = ["delivered", "retried", "refused", "dropped"] as const;
export type NotificationOutcome = (typeof notificationOutcomes)[number];

export interface NotificationTelemetry {
  /** Its series exist from now on, at zero. */
  channelOpened(name: string): void;
  notified(name: string, outcome: NotificationOutcome): void;
  waiting(name: string, count: number): void;
}

/** What people should know of it, as one line for each that is in trouble. */
export function notificationNotices({ channels, durable }: NotificationsStanding): readonly string[] {
  const troubled = channels.flatMap(({ name, waiting, dropped, troubledSince, lastError }) => {
    if (troubledSince === undefined) return [];
    const lost = dropped === 0 ? "" : `, ${dropped} dropped`;
    return [
      `notify ${name}: it cannot be told since ${troubledSince} (${lastError?.message ?? "no reason"}): ${waiting} waiting${lost}`,
    ];
  });
  const unwritten = "notify: the outbox cannot be written: a restart may lose what waits, or tell some of it twice";
  return durable ? troubled : [unwritten, ...troubled];
}

/** Where nobody is told. */
export const nobodyTold: Notifications = {
  standing: () => ({ channels: [], durable: true }),
  test: () => Promise.resolve(undefined),
};
