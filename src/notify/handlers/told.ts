import { printable } from "../../tools/printable.js";
import type { Environment } from "../../process/environment.js";
import type { Notice } from "../model/notice.js";
import { wordsOf } from "../words/words.js";

/** Another one once a field means something else, or goes. New ones come without. */
const version = 1;

/** What a program reads: one object of JSON, and a line break. */
export function inputOf(notice: Notice): string {
  // Labels are for filters: what they hold is nobody's business out there.
  const { at, labels: _labels, ...rest } = notice;
  return `${JSON.stringify({ version, at: new Date(at).toISOString(), ...rest })}\n`;
}

const longestText = 1_000;

/** The same in a few words; each variable is there, and empty where the notice does not say it. */
export function variablesOf(notice: Notice, handler: string): Environment {
  const { id, severity, title, reason = "", link = "" } = notice;
  const texts = { id, severity, title, reason, link, handler, ...wordsOf(notice) };
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [`FAIRLEAD_${name.toUpperCase()}`, printable(text, longestText)]),
  );
}
