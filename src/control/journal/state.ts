import { emptyRecord } from "./record.js";
import type { ServiceRecord } from "./record.js";

/**
 * A record as JSON. Everything in it is written, whatever it is called: a part that is new to the record needs no word
 * here. A map stands as `{"map": [[key, value], …]}`, a set as `{"set": […]}`.
 */
export function encodeRecord(record: ServiceRecord): unknown {
  return encode(record);
}

/** Undefined: it is none. Parts that it lacks are empty. */
export function decodeRecord(value: unknown): ServiceRecord | undefined {
  const record = decode(value);
  if (!isPlain(record) || !isPlain(record["memory"])) return undefined;
  const whole: Record<string, unknown> = {
    ...emptyRecord,
    ...record,
    memory: { ...emptyRecord.memory, ...record["memory"] },
  };
  const fits = hasKinds(whole, emptyRecord) && hasKinds(whole["memory"], emptyRecord.memory);
  return fits ? (whole as unknown as ServiceRecord) : undefined;
}

function encode(value: unknown): unknown {
  if (value instanceof Map) return { map: [...value].map(([key, one]) => [key as unknown, encode(one)]) };
  if (value instanceof Set) return { set: [...value].map(encode) };
  if (Array.isArray(value)) return value.map(encode);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, encode(one)]));
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (!isPlain(value)) return value;
  const [only, ...others] = Object.entries(value);
  if (only !== undefined && others.length === 0 && Array.isArray(only[1])) {
    const items = only[1] as readonly unknown[];
    if (only[0] === "set") return new Set(items.map(decode));
    if (only[0] === "map") return new Map(items.map(decode).filter(isPair));
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, decode(one)]));
}

/** Lists are lists and maps are maps where the empty one has them. */
function hasKinds(value: unknown, empty: object): boolean {
  return Object.entries(empty).every(([name, sample]: [string, unknown]) => {
    const one = (value as Readonly<Record<string, unknown>>)[name];
    if (Array.isArray(sample)) return Array.isArray(one);
    return !(sample instanceof Map) || one instanceof Map;
  });
}

function isPair(value: unknown): value is [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Map || value instanceof Set)
  );
}
