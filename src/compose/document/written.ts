import { EVENT_ID, SCALAR_STYLE, YAMLException, type Event, type ScalarEvent } from "js-yaml";
import type { Position } from "./yaml/places.js";
import { parseIndented, shift } from "./yaml/yaml.js";

/** From where to where a scalar's content stands in a text, in UTF-16 code units: without its quotes, with all its lines. */
export interface Written {
  readonly start: number;
  readonly end: number;
}

/**
 * The scalar that really holds what a place of a YAML text stands for: where an alias is, that of its anchor. `position` is
 * the place's own (`Place.value`). Undefined: there is no scalar.
 */
export function writtenAt(text: string, position: Position): Written | undefined {
  const begin = text.startsWith("\uFEFF") ? 1 : 0;
  const shifted = new Set<number>();
  try {
    const { source, events } = parseIndented(text.slice(begin), shifted);
    const back = backFrom(source, shifted, begin);
    const wanted = offsetOf(text, position, begin);
    const anchors = new Map<string, Event>();
    for (const event of events) {
      const anchor = "anchorStart" in event ? source.slice(event.anchorStart, event.anchorEnd) : "";
      const isAlias = event.type === EVENT_ID.ALIAS;
      if (!isAlias && anchor !== "") anchors.set(anchor, event);
      if (startOf(event) === undefined || back(startOf(event) ?? 0) !== wanted) continue;
      const holder = isAlias ? anchors.get(anchor) : event;
      if (holder?.type !== EVENT_ID.SCALAR || holder.valueStart < 0) return undefined;
      return { start: back(holder.valueStart), end: back(holder.valueEnd) };
    }
    return undefined;
  } catch (thrown) {
    if (thrown instanceof YAMLException) return undefined;
    throw thrown;
  }
}

/** As places have it: of a quoted scalar its quote, of an alias its star. */
function startOf(event: Event): number | undefined {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  return event.type === EVENT_ID.SCALAR && event.valueStart >= 0 ? startOfScalar(event) : undefined;
}

function startOfScalar({ style, valueStart }: ScalarEvent): number {
  const quoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
  return valueStart - (quoted ? 1 : 0);
}

/** From an offset in what was parsed to that in the text: lines have been moved to the right. */
function backFrom(source: string, shifted: ReadonlySet<number>, begin: number): (offset: number) => number {
  const starts = lineStarts(source);
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset);
    const moved = [...shifted].filter((one) => one < line).length * shift.length;
    const column = offset - (starts[line] ?? 0);
    return begin + (starts[line] ?? 0) - moved + Math.max(0, column - (shifted.has(line) ? shift.length : 0));
  };
}

function offsetOf(text: string, { line, column }: Position, begin: number): number {
  const start = lineStarts(text.slice(begin))[line - 1];
  return begin + (start ?? Infinity) + column - 1;
}

function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((match) => match.index + match[0].length)];
}
