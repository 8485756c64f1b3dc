import {
  CHOMPING_MODE,
  DUMP_SCHEMA,
  EVENT_ID,
  SCALAR_STYLE,
  YAMLException,
  constructFromEvents,
  dump,
  intCoreTag,
  parseEvents,
  type Event,
} from "js-yaml";
import { Marked, type MergeTag } from "./marked.js";
import type { Origin } from "./origin.js";
import { PlaceReader, mergeTagOf, type Place, type Position, type Repeated, type TaggedPlace } from "./places.js";
import { composeSchema, coreSchema } from "./schema.js";
import { mergedTwice, yamlFault, type YamlFault } from "./yaml-fault.js";

export type { Place, Position } from "./places.js";

export type YamlDocument =
  { readonly ok: true; readonly value: unknown; readonly root: Place } | ({ readonly ok: false } & YamlFault);

const start: Position = { line: 1, column: 1 };

/**
 * Parses one YAML 1.2 document (core schema, with merge keys). An empty text is the value null. Bounded: depth 50,
 * 500 aliases, 10,000 merged keys; values may still be shared or circular through aliases: never walk them blindly.
 * With an origin the text is a Compose file: its places know where they are from, scalars are what Docker Compose takes
 * them for, and values that have Compose's own tags are `Marked`.
 */
export function parseYaml(text: string, origin?: Origin): YamlDocument {
  const shifted = new Set<number>();
  let repeated: readonly Repeated[] = [];
  try {
    const { source, events } = parseIndented(text.startsWith("\uFEFF") ? text.slice(1) : text, shifted);
    const places = new PlaceReader(source, events, (line, column) => positionIn(shifted, line, column), origin);
    const root = places.read();
    repeated = places.repeated;
    // The parser takes several; Compose's own does not.
    const merged = origin === undefined ? undefined : repeated.find(({ name }) => name === "<<");
    if (merged !== undefined) return { ok: false, ...mergedTwice(merged) };
    const known = events.map((event) => (origin === undefined ? event : asCompose(source, event, places.keys)));
    const schema = origin === undefined ? coreSchema : composeSchema;
    const documents = constructFromEvents(known, { source, schema, maxAliases: 500, maxTotalMergeKeys: 10_000 });
    if (documents.length > 1) {
      const hint = "give each a file of its own, and name them all with --file";
      return { ok: false, message: "expected one YAML document, found several", hint, position: start };
    }
    const value = documents[0] ?? null;
    const fault = origin === undefined ? undefined : markTagged(value, root);
    return fault === undefined ? { ok: true, value, root } : { ok: false, ...fault };
  } catch (thrown) {
    return { ok: false, ...yamlFault(thrown, { ...linesOf(thrown, shifted), repeated }) };
  }
}

/** Of the source that the parser has failed on. */
function linesOf(thrown: unknown, shifted: ReadonlySet<number>) {
  const source = thrown instanceof YAMLException ? (thrown.mark?.buffer ?? "") : "";
  const starts = [0, ...[...source.matchAll(/\r\n|\r|\n/g)].map((found) => found.index + found[0].length)];
  const lineOf = (offset: number) => starts.findLastIndex((begin) => begin <= offset);
  return {
    positionAt: (offset: number) => positionIn(shifted, lineOf(offset), offset - (starts[lineOf(offset)] ?? 0)),
    isShifted: (offset: number) => shifted.has(lineOf(offset)),
  };
}

/** More than any file is indented by. */
export const shift = " ".repeat(200);
const mostAttempts = 200;

/**
 * Within brackets and quotes YAML wants each line indented further than the key before them. Compose's own parser does
 * not mind, and many files close a bracket right below its key: such lines, by their 0-based numbers in `shifted`, are
 * moved to the right, where white space at their beginning means nothing; a tab there is as good as a space. Throws what
 * is wrong with the text once its lines stand there.
 */
export function parseIndented(text: string, shifted: Set<number>): { source: string; events: Event[] } {
  const lines = text.split(/(?<=\n|\r(?!\n))/);
  let attempts = 0;
  for (; ; attempts++) {
    const source = lines.map((line, index) => (shifted.has(index) ? shift + line : line)).join("");
    try {
      return { source, events: parseEvents(source, { maxDepth: 50 }) };
    } catch (thrown) {
      const isIndentation = thrown instanceof YAMLException && thrown.reason === "deficient indentation";
      const { line, column = 0 } = (isIndentation ? thrown.mark : undefined) ?? {};
      const written = lines[line ?? -1];
      if (line !== undefined && written !== undefined && attempts < mostAttempts) {
        const before = written.slice(0, column - (shifted.has(line) ? shift.length : 0));
        const gap = before.slice(before.trimEnd().length);
        if (gap.includes("\t")) {
          const spaces = before.slice(0, before.length - gap.length) + gap.replaceAll("\t", " ");
          lines[line] = spaces + written.slice(before.length);
          continue;
        }
        if (!shifted.has(line)) {
          shifted.add(line);
          continue;
        }
      }
      throw thrown;
    }
  }
}

/** What makes the parser construct what Docker Compose's own does. */
function asCompose(source: string, event: Event, keys: ReadonlySet<Event>): Event {
  // The parser knows no such tag; without it the value is what it would have been.
  const isOwnTag = "tagStart" in event && mergeTagOf(source, event) !== undefined;
  const own: Event = isOwnTag ? { ...event, tagStart: -1, tagEnd: -1 } : event;
  if (own.type !== EVENT_ID.SCALAR) return own;
  // A key is a text: a number would have another name than it is written with.
  const isNumeric = own.style === SCALAR_STYLE.PLAIN && own.fast && /^[-+.\d]/.test(source.slice(own.valueStart));
  if (isNumeric && keys.has(event)) return { ...own, style: SCALAR_STYLE.SINGLE_QUOTED };
  const isBlock = own.style === SCALAR_STYLE.LITERAL_BLOCK || own.style === SCALAR_STYLE.FOLDED_BLOCK;
  if (!isBlock || own.valueEnd < source.length || /[\r\n]$/.test(source)) return own;
  // The text ends without a line break, and so does its last value.
  const lastLine = source.slice(Math.max(source.lastIndexOf("\n"), source.lastIndexOf("\r")) + 1);
  if (lastLine.trim() !== "") return { ...own, chomping: CHOMPING_MODE.STRIP };
  return { ...own, valueEnd: own.valueEnd - lastLine.length };
}

/** Marks the tagged values where they stand. Only the value of a key can be told from what it is merged over. */
function markTagged(root: unknown, place: TaggedPlace): { message: string; position: Position } | undefined {
  if (place.tag !== undefined) return misplaced(place.tag, place);
  const seen = new Set<object>();
  const rest: [value: unknown, place: TaggedPlace][] = [[root, place]];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const [value, at] = next;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    for (const [key, child] of at.children) {
      if (!Object.hasOwn(value, key)) continue;
      const own: unknown = Reflect.get(value, key);
      rest.push([own, child]);
      if (child.tag === undefined) continue;
      if (Array.isArray(value)) return misplaced(child.tag, child);
      Object.defineProperty(value, key, { value: new Marked(child.tag, own) });
    }
  }
  return undefined;
}

function misplaced(tag: MergeTag, { value: position }: Place): { message: string; position: Position } {
  return { message: `!${tag} stands before the value of a key, and nowhere else`, position };
}

/** From 0-based to 1-based, and back from where a shifted line has been moved to. */
function positionIn(shifted: ReadonlySet<number>, line: number, column: number): Position {
  return { line: line + 1, column: Math.max(0, column - (shifted.has(line) ? shift.length : 0)) + 1 };
}

/** Permission bits, as digits that every reader of Compose files takes for octal ones. */
export class FileMode {
  constructor(readonly bits: number) {}
}

const dumpSchema = DUMP_SCHEMA.withTags({
  ...intCoreTag,
  identify: (value: unknown) => value instanceof FileMode || intCoreTag.identify(value),
  represent: (value: unknown) =>
    value instanceof FileMode ? `0${value.bits.toString(8)}` : intCoreTag.represent(value),
});

/** A document that reads back as the value: no line is folded, nothing is shared. */
export function formatYaml(value: unknown): string {
  return dump(value, { lineWidth: -1, noRefs: true, schema: dumpSchema });
}
