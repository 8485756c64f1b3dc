import { crc32 } from "node:zlib";
import type { ServiceKey } from "../../compose/model/service.js";
import { entrySchema } from "./entry.js";
import type { Entry } from "./entry.js";
import type { ServiceRecord } from "./record.js";
import { decodeRecord, encodeRecord } from "./state.js";

/**
 * What a line says: a decision; that a service stood so at this point, whatever the lines before say; that the journal of
 * an older version is in here up to so many bytes; a decision of an earlier segment, which counts in what stands here and
 * is kept for those who are told of it; or what a run did, which only people read.
 */
export type Line =
  | { readonly kind: "entry"; readonly entry: Entry }
  | { readonly kind: "state"; readonly key: ServiceKey; readonly record: ServiceRecord }
  | { readonly kind: "taken-over"; readonly bytes: number }
  | { readonly kind: "past"; readonly entry: Entry }
  | { readonly kind: "step" };

const sum = /,"crc":"([0-9a-f]{8})"\}$/;
const step = '{"type":"step"';
/** Of a step that the history shows. */
const ofCourse = '"course":';

export function entryLine(entry: Entry): string {
  const { type, ...rest } = entry;
  return seal({ type, ...rest });
}

export function stateLine(key: string, record: ServiceRecord): string {
  return seal({ type: "state", key, record: encodeRecord(record) });
}

export function pastLine(entry: Entry): string {
  return seal({ type: "past", entry });
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

/** Whether its checksum fits. */
export function isSealed(text: string): boolean {
  const found = sum.exec(text);
  return found !== null && checksum(text.slice(0, found.index)) === found[1];
}

/** Undefined: damaged, or nothing that a journal says. */
export function parseSealed(text: string): Line | undefined {
  if (!isSealed(text)) return undefined;
  return text.startsWith(step) && !text.includes(ofCourse) ? { kind: "step" } : parseBare(text);
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
  if (value.type === "past") {
    const past = entrySchema.safeParse((value as { readonly entry?: unknown }).entry).data;
    return past === undefined ? undefined : { kind: "past", entry: past };
  }
  const entry = entrySchema.safeParse(value).data;
  if (entry === undefined) return undefined;
  if (entry.type !== "step") return { kind: "entry", entry };
  const { made: _made, ...told } = entry;
  return entry.course === undefined ? { kind: "step" } : { kind: "entry", entry: told };
}
