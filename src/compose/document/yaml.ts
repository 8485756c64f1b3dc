import {
  CORE_SCHEMA,
  DUMP_SCHEMA,
  EVENT_ID,
  SCALAR_STYLE,
  YAMLException,
  constructFromEvents,
  dump,
  getScalarValue,
  intCoreTag,
  mergeTag,
  parseEvents,
  type Event,
  type ScalarEvent,
} from "js-yaml";
import type { Origin } from "./origin.js";

/** 1-based, in UTF-16 code units, as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where one node of the document stands, and its children. Aliases share their anchor's children. */
export interface Place {
  /** The key's place in a mapping; elsewhere the same as `value`. */
  readonly key: Position;
  readonly value: Position;
  /** A plain scalar as written: numbers and booleans lose it when parsed (`1.10` becomes 1.1). */
  readonly plain: string | undefined;
  /** By key or index; a key whose value is tagged `!reset` stands here only, not in the document's value. */
  readonly children: ReadonlyMap<string, Place>;
  /** The text it was read from. Absent: that of the node around it. */
  readonly origin?: Origin | undefined;
  /** Compose's tags for files that are merged over others. */
  readonly tag?: MergeTag | undefined;
}

export type MergeTag = "reset" | "override";

export type YamlDocument =
  | { readonly ok: true; readonly value: unknown; readonly root: Place }
  | { readonly ok: false; readonly message: string; readonly position: Position };

const schema = CORE_SCHEMA.withTags(mergeTag);
const start: Position = { line: 1, column: 1 };
const mergeTags: Readonly<Record<string, MergeTag>> = { "!reset": "reset", "!override": "override" };

/**
 * Parses one YAML 1.2 document (core schema, with merge keys). An empty text is the value null. Bounded: depth 50,
 * 500 aliases, 10,000 merged keys; values may still be shared or circular through aliases: never walk them blindly.
 * With an origin the text is a Compose file: its places know where they are from, and may have Compose's own tags.
 */
export function parseYaml(text: string, origin?: Origin): YamlDocument {
  const shifted = new Set<number>();
  try {
    const { source, events } = parseIndented(text.startsWith("\uFEFF") ? text.slice(1) : text, shifted);
    const untagged = origin === undefined ? events : events.map((event) => withoutMergeTag(source, event));
    const documents = constructFromEvents(untagged, { source, schema, maxAliases: 500, maxTotalMergeKeys: 10_000 });
    if (documents.length > 1) {
      return { ok: false, message: "expected one YAML document, found several", position: start };
    }
    const value = documents[0] ?? null;
    const root = new PlaceReader(source, events, shifted, origin).read();
    const fault = origin === undefined ? undefined : removeReset(value, root);
    return fault === undefined ? { ok: true, value, root } : { ok: false, ...fault };
  } catch (thrown) {
    const mark = thrown instanceof YAMLException ? thrown.mark : undefined;
    const reason = thrown instanceof YAMLException ? thrown.reason : "the YAML parser failed";
    const position = mark === undefined ? start : positionIn(shifted, mark.line, mark.column);
    return { ok: false, message: `invalid YAML: ${reason}`, position };
  }
}

/** More than any file is indented by. */
const shift = " ".repeat(200);
const mostShifts = 200;

/**
 * Within brackets and quotes YAML wants each line indented further than the key before them. Compose's own parser does
 * not mind, and many files close a bracket right below its key: such lines, by their 0-based numbers in `shifted`, are
 * moved to the right, where white space at their beginning means nothing. An open bracket stays the error that it is.
 */
function parseIndented(text: string, shifted: Set<number>): { source: string; events: Event[] } {
  const lines = text.split(/(?<=\n|\r(?!\n))/);
  for (let first: unknown; ;) {
    const source = lines.map((line, index) => (shifted.has(index) ? shift + line : line)).join("");
    try {
      return { source, events: parseEvents(source, { maxDepth: 50 }) };
    } catch (thrown) {
      first ??= thrown;
      const isIndentation = thrown instanceof YAMLException && thrown.reason === "deficient indentation";
      const line = isIndentation ? thrown.mark?.line : undefined;
      if (line !== undefined && !shifted.has(line) && shifted.size < mostShifts) shifted.add(line);
      else {
        shifted.clear();
        throw first;
      }
    }
  }
}

/** From 0-based to 1-based, and back from where a shifted line has been moved to. */
function positionIn(shifted: ReadonlySet<number>, line: number, column: number): Position {
  return { line: line + 1, column: Math.max(0, column - (shifted.has(line) ? shift.length : 0)) + 1 };
}

function mergeTagOf(source: string, event: Event): MergeTag | undefined {
  if (!("tagStart" in event) || event.tagStart < 0) return undefined;
  const tag = source.slice(event.tagStart, event.tagEnd);
  return Object.hasOwn(mergeTags, tag) ? mergeTags[tag] : undefined;
}

/** The parser knows no such tag; without it the value is what it would have been. */
function withoutMergeTag(source: string, event: Event): Event {
  if (!("tagStart" in event) || mergeTagOf(source, event) === undefined) return event;
  return { ...event, tagStart: -1, tagEnd: -1 };
}

/** Takes the values tagged `!reset` out of the document; their places stay, for the merge. */
function removeReset(root: unknown, place: Place): { message: string; position: Position } | undefined {
  const seen = new Set<object>();
  const rest: [value: unknown, place: Place][] = [[root, place]];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const [value, at] = next;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    for (const [key, child] of at.children) {
      if (child.tag === "reset" && Array.isArray(value)) {
        return {
          message: "!reset stands before the value of a key, not before an item of a list",
          position: child.value,
        };
      }
      if (child.tag === "reset") Reflect.deleteProperty(value, key);
      else if (Object.hasOwn(value, key)) rest.push([Reflect.get(value, key), child]);
    }
  }
  return undefined;
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

/** One walk over a document's events; it mirrors how the parser itself builds values from them. */
class PlaceReader {
  readonly #anchors = new Map<string, Place>();
  readonly #lineStarts: readonly number[];
  #next = 0;

  constructor(
    private readonly source: string,
    private readonly events: readonly Event[],
    private readonly shifted: ReadonlySet<number>,
    private readonly origin: Origin | undefined,
  ) {
    this.#lineStarts = [0, ...[...source.matchAll(/\r\n|\r|\n/g)].map((match) => match.index + match[0].length)];
  }

  read(): Place {
    if (this.#take()?.type !== EVENT_ID.DOCUMENT) return this.#place(start);
    return this.#node(start);
  }

  #node(fallback: Position): Place {
    const event = this.#take();
    switch (event?.type) {
      case EVENT_ID.ALIAS: {
        const anchor = this.#anchors.get(this.source.slice(event.anchorStart, event.anchorEnd));
        const position = this.#position(event.anchorStart - 1);
        return this.#place(position, anchor);
      }
      case EVENT_ID.SCALAR:
        return this.#anchored(event, this.#scalar(event, fallback));
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const children = new Map<string, Place>();
        const position = this.#position(event.start);
        const place = this.#anchored(event, this.#place(position, { children, tag: mergeTagOf(this.source, event) }));
        if (event.type === EVENT_ID.SEQUENCE) this.#items(children, position);
        else this.#pairs(children, position);
        return place;
      }
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
      case undefined:
        return this.#place(fallback);
    }
  }

  #scalar(event: ScalarEvent, fallback: Position): Place {
    const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    const position = event.valueStart < 0 ? fallback : this.#position(event.valueStart - (quoted ? 1 : 0));
    const plain = event.style === SCALAR_STYLE.PLAIN ? this.#text(event) : undefined;
    return this.#place(position, { plain, tag: mergeTagOf(this.source, event) });
  }

  #place(position: Position, known: Partial<Place> = {}): Place {
    const { plain, children = new Map<string, Place>(), tag } = known;
    return { key: position, value: position, plain, children, origin: this.origin, tag };
  }

  #items(children: Map<string, Place>, fallback: Position): void {
    for (let index = 0; !this.#ended(); index++) children.set(String(index), this.#node(fallback));
  }

  #pairs(children: Map<string, Place>, fallback: Position): void {
    const merged: Place[] = [];
    while (!this.#ended()) {
      const event = this.events[this.#next];
      const key = this.#node(fallback);
      const name = event?.type === EVENT_ID.SCALAR ? this.#text(event) : (key.plain ?? "");
      const value = { ...this.#node(key.value), key: key.value };
      if (name === "<<" && key.plain !== undefined) merged.push(value);
      children.set(name, value);
    }
    for (const { children: sources } of merged) {
      const isSequence = sources.has("0");
      for (const source of isSequence ? [...sources.values()].map((place) => place.children) : [sources]) {
        for (const [name, place] of source) if (!children.has(name)) children.set(name, place);
      }
    }
  }

  #anchored(event: { anchorStart: number; anchorEnd: number }, place: Place): Place {
    if (event.anchorStart >= 0) this.#anchors.set(this.source.slice(event.anchorStart, event.anchorEnd), place);
    return place;
  }

  #text(event: ScalarEvent): string {
    return event.valueStart < 0 ? "" : getScalarValue(this.source, event);
  }

  #take(): Event | undefined {
    return this.events[this.#next++];
  }

  #ended(): boolean {
    const event = this.events[this.#next];
    if (event !== undefined && event.type !== EVENT_ID.POP) return false;
    this.#next++;
    return true;
  }

  #position(offset: number): Position {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return positionIn(this.shifted, low, offset - (this.#lineStarts[low] ?? 0));
  }
}
