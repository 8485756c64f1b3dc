import { EVENT_ID, SCALAR_STYLE, YAMLException, parseEvents, type Event } from "js-yaml";

/** What begins somewhere and does not end where it should. */
export interface Unclosed {
  readonly kind: "quotation" | "bracket";
  /** Of its first sign in the source. */
  readonly offset: number;
  /** A quotation that ends all the same, and something follows it on that line: the offset of the closing sign. */
  readonly end?: number;
}

/** More than any file has open at once. */
const mostOpen = 60;

/**
 * What the parser has stumbled over may only be where it noticed: a quotation without an end takes all that follows for its
 * text. `at` is that place; `shifted` says whether a line by its offset was moved to the right to please the parser.
 * Undefined: the place is as good as any.
 */
export function unclosedBefore(source: string, at: number, shifted: (offset: number) => boolean): Unclosed | undefined {
  const cut = source.slice(0, at).trimEnd();
  const completed = complete(cut);
  if (completed === undefined) return undefined;
  const { events, open } = completed;
  const last = events.findLast(({ type }) => type === EVENT_ID.SCALAR);
  const quotation = last?.type === EVENT_ID.SCALAR && isQuoted(last.style) ? last : undefined;
  if (quotation !== undefined && isQuote(open)) return { kind: "quotation", offset: quotation.valueStart - 1 };
  // What follows it on its last line is what cannot be understood.
  if (quotation !== undefined && /^[ \t]*$/.test(source.slice(quotation.valueEnd + 1, at))) {
    const isSpread = /[\r\n]/.test(source.slice(quotation.valueStart, quotation.valueEnd));
    const isFollowed = !/[\s,:#\]}]/.test(source.charAt(at));
    if (isSpread || isFollowed) return { kind: "quotation", offset: quotation.valueStart - 1, end: quotation.valueEnd };
  }
  const brackets = openBrackets(cut, events, open);
  const [outermost] = brackets;
  if (outermost === undefined) return undefined;
  const isOutdented = linesIn(source, outermost, at).some(shifted);
  if (isOutdented) return { kind: "bracket", offset: outermost };
  return at >= source.trimEnd().length ? { kind: "bracket", offset: brackets.at(-1) ?? outermost } : undefined;
}

interface Completed {
  readonly events: readonly Event[];
  /** The signs that were missing at the end. */
  readonly open: string;
}

/** The text with what it lacks at its end, if that is all that is wrong with it. */
function complete(cut: string): Completed | undefined {
  let open = "";
  for (let tries = 0; tries < mostOpen; tries++) {
    try {
      return { events: parseEvents(cut + open, { maxDepth: 50 }), open };
    } catch (thrown) {
      const next = thrown instanceof YAMLException ? nextSign(thrown, cut.length, open) : undefined;
      if (next === undefined) return undefined;
      open = next;
    }
  }
  return undefined;
}

function nextSign({ reason, mark }: YAMLException, length: number, open: string): string | undefined {
  if (reason === "unexpected end of the stream within a double quoted scalar") return `${open}"`;
  if (reason === "unexpected end of the stream within a single quoted scalar") return `${open}'`;
  if (reason === "unexpected end of the stream within a flow collection") return `${open}]`;
  // The other bracket, then.
  const isOurs = mark !== undefined && mark.position >= length && open.endsWith("]");
  return isOurs ? `${open.slice(0, -1)}}` : undefined;
}

function isQuote(open: string): boolean {
  return open.startsWith('"') || open.startsWith("'");
}

function isQuoted(style: number): boolean {
  return style === SCALAR_STYLE.DOUBLE_QUOTED || style === SCALAR_STYLE.SINGLE_QUOTED;
}

/** Where the brackets begin that only we have closed, the outermost first. */
function openBrackets(cut: string, events: readonly Event[], open: string): readonly number[] {
  const count = open.replace(/["']/g, "").length;
  const begun: number[] = [];
  const ended: number[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) begun.push(event.start);
    if (event.type !== EVENT_ID.POP) continue;
    const start = begun.pop();
    if (start !== undefined && /[[{]/.test(cut.charAt(start))) ended.push(start);
  }
  // Those that end last are those that were closed last.
  return count === 0 ? [] : ended.slice(-count).reverse();
}

/** The offsets of the beginnings of all lines after the one at `from`, up to the one at `to`. */
function linesIn(source: string, from: number, to: number): readonly number[] {
  return [...source.slice(from, to).matchAll(/\r\n|\r|\n/g)].map((found) => from + found.index + found[0].length);
}
