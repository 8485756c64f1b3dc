import { printable } from "../../../tools/printable.js";

/** A piece of a page. Only `html` makes one: what others have written is escaped on its way in. */
export class Html {
  constructor(readonly text: string) {}
}

export type Piece = Html | string | number | false | undefined | readonly Piece[];

/** HTML, with whatever stands in it escaped: as text, or as the value of an attribute in quotes. `false` and undefined are nothing. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  const written = compact(parts);
  return new Html(written.map((part, index) => (index === 0 ? part : textOf(pieces[index - 1]) + part)).join(""));
}

const compacted = new WeakMap<TemplateStringsArray, readonly string[]>();

/** How it is indented in the source is nothing to a browser. */
function compact(parts: TemplateStringsArray): readonly string[] {
  const known = compacted.get(parts);
  if (known !== undefined) return known;
  const short = parts.map((part) => part.replace(/\s*\n\s*/g, " ").replace(/ >/g, ">"));
  compacted.set(parts, short);
  return short;
}

/** What others have written over several lines, which stay so. */
export function lines(text: string): Html {
  return new Html(text.split("\n").map(escape).join("\n"));
}

/** In what keeps its lines. */
export const newline = new Html("\n");

function textOf(piece: Piece): string {
  if (piece === undefined || piece === false) return "";
  if (piece instanceof Html) return piece.text;
  return typeof piece === "object" ? piece.map(textOf).join("") : escape(String(piece));
}

/** One line, whoever wrote it. */
function escape(text: string): string {
  return printable(text).replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}
