/*
 * What runs, noted in the files that declare it, lives here: which text is changed, how that becomes a commit, and when.
 */

import { writtenAt } from "../../compose/document/written.js";
import type { Position } from "../../compose/document/yaml/places.js";
import type { Wish } from "./wishes.js";

/** One piece of a text, and what takes its place. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Why a value cannot be changed where it stands. */
export interface Unwritable {
  readonly message: string;
  readonly remedy: string;
}

/** What is to stand there. */
export type Noted = Pick<Wish, "what" | "digest" | "image">;

const record = /@sha256:[0-9a-f]{64}$/;
const tag = /:[^/]*$/;

/**
 * The change by which the image that stands at a place of a text has a wish's digest behind its tag, or another tag. Where no
 * tag is written beside a digest it is, since a digest alone would be no record. Nothing else of the text changes.
 */
export function editFor(text: string, position: Position, wish: Noted): Edit | Unwritable {
  const remedy = "write the image itself there, as `name:tag`";
  const written = writtenAt(text, position);
  if (written === undefined) return { message: "no text of its own is found there", remedy };
  const raw = text.slice(written.start, written.end);
  if (raw.includes("$")) return { message: "it comes from a variable", remedy };
  const content = raw.trimEnd();
  const before = record.exec(content)?.[0] ?? "";
  const end = written.start + content.length;
  const start = end - before.length;
  const old = tag.exec(text.slice(written.start, start))?.[0] ?? "";
  if (wish.what === "tag") return { start: start - old.length, end, text: `:${wish.image.tag ?? "latest"}` };
  return { start, end, text: `${old === "" ? ":latest" : ""}@${wish.digest}` };
}

export function isEdit(found: Edit | Unwritable): found is Edit {
  return "start" in found;
}

/** Edits that do not overlap; equal ones count once. */
export function edited(text: string, edits: readonly Edit[]): string {
  const last = new Map(edits.map((edit) => [edit.start, edit]));
  return [...last.values()]
    .sort((one, other) => other.start - one.start)
    .reduce((sum, { start, end, text: own }) => sum.slice(0, start) + own + sum.slice(end), text);
}
