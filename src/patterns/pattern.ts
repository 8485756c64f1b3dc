/* Patterns that people write in settings: for names that strangers may have written. */

import type * as Re2 from "re2js";
import { loadLate } from "../process/load-late.js";
import { wrongAt } from "../tools/placed.js";
import { quote } from "../tools/quote.js";

export interface Pattern {
  /** As it is written. */
  readonly text: string;
  /** In a time that grows with the length of the text alone, whoever has written it. */
  readonly fits: (text: string) => boolean;
}

/**
 * Of the whole text: `*` is any part without `/`, `**` any part, `?` one character; between slashes, `/v\d+/`, it is a regular
 * expression of RE2. Throws with RE2's words where it is none.
 */
export function parsePattern(written: string): Pattern {
  const [, expression] = /^\/(.*)\/$/s.exec(written) ?? [];
  const { RE2JS } = loadLate("re2js") as typeof Re2;
  const compiled = RE2JS.compile(expression ?? globSource(written));
  return { text: written, fits: (text) => compiled.matches(text) };
}

/** The same, of a setting that stands there. Throws FairleadError `ConfigInvalid`. */
export function patternAt(written: string, place: () => string): Pattern {
  try {
    return parsePattern(written);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : "unknown";
    throw wrongAt(
      place(),
      `${quote(written)} is no pattern: ${why}`,
      "write a pattern with * and ?, or a regular expression of RE2 between slashes",
    );
  }
}

function globSource(glob: string): string {
  return glob.replace(/\*\*|[^]/g, (part) => {
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : part.replace(/[\\^$.|+()[\]{}]/, "\\$&");
  });
}
