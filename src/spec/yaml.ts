import {
  CORE_SCHEMA,
  EVENT_ID,
  SCALAR_STYLE,
  YAMLException,
  constructFromEvents,
  getScalarValue,
  mergeTag,
  parseEvents,
  type Event,
  type ScalarEvent,
} from "js-yaml";

/** 1-based, in UTF-16 code units, as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where one node of the document stands, and its children by key or index. Aliases share their anchor's children. */
export interface Place {
  /** The key's place in a mapping; elsewhere the same as `value`. */
  readonly key: Position;
  readonly value: Position;
  /** A plain scalar as written: numbers and booleans lose it when parsed (`1.10` becomes 1.1). */
  readonly plain: string | undefined;
  readonly children: ReadonlyMap<string, Place>;
}

export type YamlDocument =
  | { readonly ok: true; readonly value: unknown; readonly root: Place }
  | { readonly ok: false; readonly message: string; readonly position: Position };

const schema = CORE_SCHEMA.withTags(mergeTag);
const start: Position = { line: 1, column: 1 };

/**
 * Parses one YAML 1.2 document (core schema, with merge keys). An empty text is the value null. Bounded: depth 50,
 * 100 aliases, 10,000 merged keys; values may still be shared or circular through aliases: never walk them blindly.
 */
export function parseYaml(text: string): YamlDocument {
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  try {
    const events = parseEvents(source, { maxDepth: 50 });
    const documents = constructFromEvents(events, { source, schema, maxAliases: 100, maxTotalMergeKeys: 10_000 });
    if (documents.length > 1) {
      return { ok: false, message: "expected one YAML document, found several", position: start };
    }
    return { ok: true, value: documents[0] ?? null, root: new PlaceReader(source, events).read() };
  } catch (thrown) {
    const mark = thrown instanceof YAMLException ? thrown.mark : undefined;
    const reason = thrown instanceof YAMLException ? thrown.reason : "the YAML parser failed";
    const position = mark === undefined ? start : { line: mark.line + 1, column: mark.column + 1 };
    return { ok: false, message: `invalid YAML: ${reason}`, position };
  }
}

/** One walk over a document's events; it mirrors how the parser itself builds values from them. */
class PlaceReader {
  readonly #anchors = new Map<string, Place>();
  readonly #lineStarts: readonly number[];
  #next = 0;

  constructor(
    private readonly source: string,
    private readonly events: readonly Event[],
  ) {
    this.#lineStarts = [0, ...[...source.matchAll(/\r\n|\r|\n/g)].map((match) => match.index + match[0].length)];
  }

  read(): Place {
    if (this.#take()?.type !== EVENT_ID.DOCUMENT)
      return { key: start, value: start, plain: undefined, children: new Map() };
    return this.#node(start);
  }

  #node(fallback: Position): Place {
    const event = this.#take();
    switch (event?.type) {
      case EVENT_ID.ALIAS: {
        const anchor = this.#anchors.get(this.source.slice(event.anchorStart, event.anchorEnd));
        const position = this.#position(event.anchorStart - 1);
        return { key: position, value: position, plain: anchor?.plain, children: anchor?.children ?? new Map() };
      }
      case EVENT_ID.SCALAR:
        return this.#anchored(event, this.#scalar(event, fallback));
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const children = new Map<string, Place>();
        const position = this.#position(event.start);
        const place = this.#anchored(event, { key: position, value: position, plain: undefined, children });
        if (event.type === EVENT_ID.SEQUENCE) this.#items(children, position);
        else this.#pairs(children, position);
        return place;
      }
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
      case undefined:
        return { key: fallback, value: fallback, plain: undefined, children: new Map() };
    }
  }

  #scalar(event: ScalarEvent, fallback: Position): Place {
    const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    const position = event.valueStart < 0 ? fallback : this.#position(event.valueStart - (quoted ? 1 : 0));
    const plain = event.style === SCALAR_STYLE.PLAIN ? this.#text(event) : undefined;
    return { key: position, value: position, plain, children: new Map() };
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
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 };
  }
}
