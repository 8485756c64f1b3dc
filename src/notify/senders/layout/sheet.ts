/*
 * What people read of a notice, in parts that any vendor can lay out: words are clean, nothing is escaped yet.
 */

import { given } from "../../../tools/present.js";
import { formatTime } from "../../../tools/time.js";
import type { Notice } from "../../model/notice.js";
import type { Told } from "../../model/sender.js";

export interface Sheet {
  readonly title: string;
  /** In place of all that follows, and of the title where there is no field of its own for it; may have several lines. */
  readonly text?: string;
  readonly reason?: string;
  readonly facts: readonly Fact[];
  readonly between: readonly string[];
  readonly logs: readonly string[];
  readonly command?: string;
  readonly link?: string;
  readonly tone: Tone;
}

export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly link?: string;
}

/** `good`: something has come to a good end. */
export type Tone = "good" | "info" | "warning" | "error";

/** `told` is clean already. */
export function sheetOf({ notice, text }: Told): Sheet {
  const { title, reason, between = [], logs = [], command, link } = notice;
  const tone = toneOf(notice);
  if (text !== undefined) return { title, text, facts: [], between: [], logs: [], tone };
  return given({
    title,
    reason: reason === "" ? undefined : reason,
    facts: factsOf(notice),
    between,
    logs,
    command,
    link,
    tone,
  });
}

function toneOf({ kind, severity, isEnd }: Notice): Tone {
  return isEnd === true || kind === "promoted" || kind === "recovered" ? "good" : severity;
}

function factsOf(notice: Notice): readonly Fact[] {
  const { change, cause, commit, delivery, suppressed = 0, at } = notice;
  const changes = [change?.from, change?.to].filter((one) => one !== undefined).map(versionOf);
  const facts: readonly (Fact | undefined)[] = [
    fact("Image", change?.image),
    fact("Change", changes.length === 0 ? undefined : changes.join(" → ")),
    fact("Tags between", change?.skipped?.join(", ")),
    fact("Rollout", change?.rollout),
    fact("Asked by", cause),
    fact("Commit", commit && `${first(commit.id, 7)} ${commit.subject}`, commit?.url),
    fact("Author", commit?.author),
    fact("Source", commit?.source),
    fact("Delivery", delivery && `${delivery.outcome} at ${delivery.receiver}`),
    fact("Told of", delivery && toldOf(delivery)),
    fact("For", delivery?.services.join(", ")),
    fact("Not told", suppressed > 0 ? `${suppressed} more of the same since the last message` : undefined),
    fact("When", formatTime(at)),
  ];
  return facts.filter((one) => one !== undefined);
}

function fact(name: string, value: string | undefined, link?: string): Fact | undefined {
  return value === undefined || value === "" ? undefined : given({ name, value, link });
}

/** `1.4.3 (1a2b3c4d5e6f)`. */
function versionOf({ digest, tag }: { readonly digest: string; readonly tag?: string }): string {
  const short = shortDigest(digest);
  return tag === undefined ? short : `${tag} (${short})`;
}

function shortDigest(digest: string): string {
  return first(digest.replace(/^sha256:/, ""), 12);
}

/** So many characters. */
function first(text: string, count: number): string {
  return Array.from(text).slice(0, count).join("");
}

function toldOf(delivery: NonNullable<Notice["delivery"]>): string {
  const { repository = "", tag, digest } = delivery;
  return `${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${shortDigest(digest)}`}`;
}
