import { EVENT_ID, SCALAR_STYLE, getScalarValue, type Event, type ScalarEvent } from "js-yaml";
import type { MergeTag } from "./marked.js";
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
  /** By key or index. */
  readonly children: ReadonlyMap<string, Place>;
  /** The key as it stands in the file, where its variables have been filled in: their values are not for messages. */
  readonly template?: string | undefined;
  /** The text it was read from. Absent: that of the node around it. */
  readonly origin?: Origin | undefined;
}

/** A key that stands twice in one mapping. */
export interface Repeated {
  readonly name: string;
  readonly first: Position;
  readonly second: Position;
}

/** With the tag that the text has there, until the value itself is marked. */
export interface TaggedPlace extends Place {
  readonly children: ReadonlyMap<string, TaggedPlace>;
  readonly tag: MergeTag | undefined;
}

const start: Position = { line: 1, column: 1 };
const mergeTags: Readonly<Record<string, MergeTag>> = { "!reset": "reset", "!override": "override" };

export function mergeTagOf(source: string, event: Event): MergeTag | undefined {
  if (!("tagStart" in event) || event.tagStart < 0) return undefined;
  const tag = source.slice(event.tagStart, event.tagEnd);
  return Object.hasOwn(mergeTags, tag) ? mergeTags[tag] : undefined;
}

/** By its own tag, so that quotes change nothing. */
function isNumber(source: string, event: ScalarEvent): boolean {
  return event.tagStart >= 0 && ["!!int", "!!float"].includes(source.slice(event.tagStart, event.tagEnd));
}

/** One walk over a document's events; it mirrors how the parser itself builds values from them. */
export class PlaceReader {
  readonly #anchors = new Map<string, TaggedPlace>();
  readonly #lineStarts: readonly number[];
  readonly #keys = new Set<Event>();
  readonly #repeated: Repeated[] = [];
  #next = 0;

  constructor(
    private readonly source: string,
    private readonly events: readonly Event[],
    private readonly positionIn: (line: number, column: number) => Position,
    private readonly origin: Origin | undefined,
  ) {
    this.#lineStarts = [0, ...[...source.matchAll(/\r\n|\r|\n/g)].map((match) => match.index + match[0].length)];
  }

  /** The scalars that are keys, once it has been read. */
  get keys(): ReadonlySet<Event> {
    return this.#keys;
  }

  /** Keys that stand in their mapping before, once it has been read. */
  get repeated(): readonly Repeated[] {
    return this.#repeated;
  }

  read(): TaggedPlace {
    if (this.#take()?.type !== EVENT_ID.DOCUMENT) return this.#place(start);
    return this.#node(start);
  }

  #node(fallback: Position): TaggedPlace {
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
        const children = new Map<string, TaggedPlace>();
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

  #scalar(event: ScalarEvent, fallback: Position): TaggedPlace {
    const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    const position = event.valueStart < 0 ? fallback : this.#position(event.valueStart - (quoted ? 1 : 0));
    const isPlain = event.style === SCALAR_STYLE.PLAIN || isNumber(this.source, event);
    const plain = isPlain ? this.#text(event) : undefined;
    return this.#place(position, { plain, tag: mergeTagOf(this.source, event) });
  }

  #place(position: Position, known: Partial<TaggedPlace> = {}): TaggedPlace {
    const { plain, children = new Map<string, TaggedPlace>(), tag } = known;
    return { key: position, value: position, plain, children, origin: this.origin, tag };
  }

  #items(children: Map<string, TaggedPlace>, fallback: Position): void {
    for (let index = 0; !this.#ended(); index++) children.set(String(index), this.#node(fallback));
  }

  #pairs(children: Map<string, TaggedPlace>, fallback: Position): void {
    const merged: TaggedPlace[] = [];
    while (!this.#ended()) {
      const event = this.events[this.#next];
      const key = this.#node(fallback);
      if (event?.type === EVENT_ID.SCALAR) this.#keys.add(event);
      const name = event?.type === EVENT_ID.SCALAR ? this.#text(event) : (key.plain ?? "");
      const value = { ...this.#node(key.value), key: key.value };
      if (name === "<<" && key.plain !== undefined) merged.push(value);
      const before = children.get(name);
      if (before !== undefined) this.#repeated.push({ name, first: before.key, second: value.key });
      children.set(name, value);
    }
    for (const { children: sources } of merged) {
      const isSequence = sources.has("0");
      for (const source of isSequence ? [...sources.values()].map((place) => place.children) : [sources]) {
        for (const [name, place] of source) if (!children.has(name)) children.set(name, place);
      }
    }
  }

  #anchored(event: { anchorStart: number; anchorEnd: number }, place: TaggedPlace): TaggedPlace {
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
    return this.positionIn(low, offset - (this.#lineStarts[low] ?? 0));
  }
}
