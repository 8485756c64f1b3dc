import type * as Re2 from "re2js";
import { loadLate } from "../../process/load-late.js";

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

function globSource(glob: string): string {
  return glob.replace(/\*\*|[^]/g, (part) => {
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : part.replace(/[\\^$.|+()[\]{}]/, "\\$&");
  });
}
