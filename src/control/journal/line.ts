import { crc32 } from "node:zlib";
import type { ServiceKey } from "../../compose/model/service.js";
import { entrySchema } from "./entry.js";
import type { Entry } from "./entry.js";
import type { ServiceRecord } from "./record.js";
import { decodeRecord, encodeRecord } from "./state.js";

/**
 * What a line says: a decision; that a service stood so at this point, whatever the lines before say; that the journal of
 * an older version is in here up to so many bytes; or what a run did, which only people read.
 */
export type Line =
  | { readonly kind: "entry"; readonly entry: Entry }
  | { readonly kind: "state"; readonly key: ServiceKey; readonly record: ServiceRecord }
  | { readonly kind: "taken-over"; readonly bytes: number }
  | { readonly kind: "step" };

const sum = /,"crc":"([0-9a-f]{8})"\}$/;
const step = '{"type":"step"';

export function entryLine(entry: Entry): string {
  const { type, ...rest } = entry;
  return seal({ type, ...rest });
}

export function stateLine(key: string, record: ServiceRecord): string {
  return seal({ type: "state", key, record: encodeRecord(record) });
}

export function takenOverLine(bytes: number): string {
  return seal({ type: "taken-over", bytes });
}

function seal(value: object): string {
  return sealText(JSON.stringify(value));
}

/** A line of JSON gets a checksum of what stands before it as its last member. */
export function sealText(json: string): string {
  const body = json.slice(0, -1);
  return `${body},"crc":"${checksum(body)}"}\n`;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}

/** Undefined: damaged, or nothing that a journal says. */
export function parseSealed(text: string): Line | undefined {
  const found = sum.exec(text);
  if (found === null || checksum(text.slice(0, found.index)) !== found[1]) return undefined;
  return text.startsWith(step) ? { kind: "step" } : parseBare(text);
}

/** A line of an older version, which has no checksum. */
export function parseBare(text: string): Line | undefined {
  try {
    return lineOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function lineOf(value: unknown): Line | undefined {
  if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
  if (value.type === "state") {
    const { key, record } = value as { readonly key?: unknown; readonly record?: unknown };
    const decoded = decodeRecord(record);
    return typeof key !== "string" || decoded === undefined
      ? undefined
      : { kind: "state", key: key as ServiceKey, record: decoded };
  }
  if (value.type === "taken-over") {
    const { bytes } = value as { readonly bytes?: unknown };
    return typeof bytes === "number" ? { kind: "taken-over", bytes } : undefined;
  }
  const entry = entrySchema.safeParse(value).data;
  if (entry === undefined) return undefined;
  return entry.type === "step" ? { kind: "step" } : { kind: "entry", entry };
}
