/*
 * What may be told, and to whom, as plain data: no I/O, no clock, nothing of any vendor.
 */

/** Each is a word that `on:` takes. A problem's end is told as the kind `recovered`, or as its own where that goes both ways. */
export const noticeKinds = [
  "started",
  "promoted",
  "rolled-back",
  "failed",
  "held",
  "waiting",
  "job-failed",
  "crash-looping",
  "recovered",
  "source",
  "signature",
  "registry",
  "engine",
] as const;
export type NoticeKind = (typeof noticeKinds)[number] | HookKind;

/** A delivery at that receiver, whether it concerns a service or not; `*`: at any. */
export type HookKind = `hook:${string}`;

export type Severity = "info" | "warning" | "error";

/** Something that people or programs may be told. Holds no secret. */
export interface Notice {
  /** Of the same event always the same, whenever it is told: receivers know repetitions by it. `[A-Za-z0-9._-]`, at most 64. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly severity: Severity;
  /** Epoch ms, when it happened. */
  readonly at: number;
  /** Absent: it concerns no single one. */
  readonly project?: string;
  readonly service?: string;
  /** The service's labels as the file has them, for filters. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What it tells of lasts until a later notice of the same problem has `isEnd`. */
  readonly problem?: string;
  readonly isEnd?: true;
  /** One line, without a full stop: `shop/web: 1.4.3 is promoted`. */
  readonly title: string;
  /** One sentence. */
  readonly reason?: string;
  readonly change?: Change;
  /** Who or what has asked for it: a person, a hook, a commit. */
  readonly cause?: string;
  readonly commit?: NoticeCommit;
  /**
   * The commits between `commit.before` and `commit`, oldest first, each `1a2b3c4 Author: subject`. A line that begins with `…` is no
   * commit: it says how many are left out, or why none is listed.
   */
  readonly between?: readonly string[];
  /** What the failing container said last, oldest first. */
  readonly logs?: readonly string[];
  /** What a person may run: `fairlead approve shop/web --digest sha256:…`. */
  readonly command?: string;
  /** Below `externalUrl`. */
  readonly link?: string;
  readonly delivery?: NoticeDelivery;
  /** How many further notices of this problem were not told since the last one. */
  readonly suppressed?: number;
}

/** From what to what a rollout went. */
export interface Change {
  /** `project/service@revision`. */
  readonly rollout?: string;
  readonly image: string;
  readonly from?: { readonly digest: string; readonly tag?: string };
  readonly to: { readonly digest: string; readonly tag?: string };
  /** The tags between the two that a policy has passed over, lowest first. A line that begins with `…` says how many more. */
  readonly skipped?: readonly string[];
}

export interface NoticeCommit {
  /** In full. */
  readonly id: string;
  /** The repository as the settings name it, and its address without a login. */
  readonly source: string;
  readonly url?: string;
  readonly author: string;
  readonly subject: string;
  /** In full: the commit that what served before came from. Absent: that is not known, or nothing served. */
  readonly before?: string;
}

/** What a receiver was told, as far as it was understood; words of strangers, bounded and printable. */
export interface NoticeDelivery {
  readonly receiver: string;
  readonly outcome: "accepted" | "ignored";
  /** With its registry, also Docker Hub, wherever the sender has said that. */
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly services: readonly string[];
}
