/*
 * What is told lives here: from what happens, and from how things stand, to notices. Pure: no I/O, no clock.
 */

import { createHash } from "node:crypto";
import { printable } from "../../tools/printable.js";
import type { Notice, NoticeKind, Severity } from "../model/notice.js";

/** A notice as it follows from one event alone. */
export interface Draft extends Notice {
  /** The problem that is over with it, if there was one. */
  readonly ends?: string;
  /** It is told only where there was one. */
  readonly onlyAsEnd?: true;
}

const severities: Readonly<Record<Exclude<NoticeKind, `hook:${string}`>, Severity>> = {
  started: "info",
  promoted: "info",
  "rolled-back": "error",
  failed: "error",
  held: "error",
  waiting: "warning",
  "job-failed": "error",
  "crash-looping": "error",
  recovered: "info",
  source: "error",
  signature: "error",
  registry: "warning",
  engine: "error",
};

export function severityOf(kind: NoticeKind): Severity {
  return kind.startsWith("hook:") ? "info" : severities[kind as keyof typeof severities];
}

/** Of the same parts always the same. */
export function noticeId(...parts: readonly (string | number | undefined)[]): string {
  const hash = createHash("sha256").update(JSON.stringify(parts.map((part) => part ?? null)));
  return `n_${hash.digest("hex").slice(0, 32)}`;
}

const longestText = 1_000;
const mostLines = 20;
const longestLine = 300;

/** The words of others, as one line that is not too long. */
export function told(text: string, longest = longestText): string {
  return printable(text, longest);
}

/** The last lines of a container, if there are any. */
export function lastOf(logs: readonly string[] | undefined): { readonly logs?: readonly string[] } {
  const lines = (logs ?? []).map((line) => printable(line, longestLine)).filter((line) => line !== "");
  return lines.length === 0 ? {} : { logs: lines.slice(-mostLines) };
}

/** `1.4.3`, or the beginning of a digest. */
export function versionName({ digest, tag }: { readonly digest: string; readonly tag?: string }): string {
  return tag === undefined ? shortDigest(digest) : printable(tag, 128);
}

export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}
