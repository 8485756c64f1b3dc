/*
 * What a project amounts to, written as a Compose file again, lives here. Values come from the decoders that the
 * services themselves are made by: what is printed is what was understood.
 */

import { entries, isMapping, items, readAll, type Node } from "../document/node.js";
import { boolean, byteSize, duration, integer, scalarText } from "../document/scalar.js";
import type { KeyTable, SupportedKey } from "../keys/support.js";
import { formatDuration } from "../values/duration.js";

/** What JSON and YAML have in common. */
export type Written = null | boolean | number | string | readonly Written[] | WrittenMapping;

export interface WrittenMapping {
  readonly [key: string]: Written;
}

/** One Compose file that says what all files of the project say together, and that reads as they do. */
export interface ResolvedProject {
  readonly name: string;
  readonly services: Readonly<Record<string, WrittenMapping>>;
  readonly networks?: WrittenMapping;
  readonly volumes?: WrittenMapping;
  readonly secrets?: WrittenMapping;
  readonly configs?: WrittenMapping;
}

/** One value in the form that Compose prints; undefined leaves its key out. The file has no problem. */
export type Writer = (node: Node) => Written | undefined;

/** Keys of a table, each with its writer. */
export type Writers<T extends KeyTable> = Readonly<Record<SupportedKey<T>, Writer>>;

export const text = (node: Node): string | undefined => scalarText(node) ?? undefined;
export const truth: Writer = (node) => boolean(node) ?? undefined;
export const whole = (node: Node): number | undefined =>
  integer(node, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) ?? undefined;
/** A whole number, as text. */
export const digits: Writer = (node) => {
  const number = whole(node);
  return number === undefined ? undefined : String(number);
};
/** Bytes, as text. */
export const size: Writer = (node) => {
  const bytes = scalarText(node) === "-1" ? -1 : byteSize(node);
  return bytes === null ? undefined : String(bytes);
};
export const time: Writer = (node) => {
  const ms = duration(node);
  return ms === null ? undefined : formatDuration(ms);
};

/** It has been taken into another key, or has no effect. */
export const nowhere: Writer = () => undefined;

/** What is left out where one host runs the project: there it says nothing. */
export function onSwarm(write: Writer): Writer {
  return (node) => (node.reading.engine === "swarm" ? write(node) : undefined);
}

export function listOf(write: Writer): Writer {
  return (node) => readAll(items(node), (item) => write(item) ?? null);
}

export const texts = listOf(text);

/** Where one may stand for a list of one. */
export const oneOrMore: Writer = (node) => (Array.isArray(node.value) ? texts(node) : [text(node) ?? ""]);

/** What a decoder makes of it, where that is what Compose prints. */
export function decoded(decode: (node: Node) => Written | null): Writer {
  return (node) => decode(node) ?? undefined;
}

export function eachOf(write: Writer): Writer {
  return (node) => writtenOf(entries(node).map(([key, at]) => [key, write(at)]));
}

/** A mapping of the specification's keys, in the order of its writers, and of anybody's `x-` keys. */
export function keysOf<T extends KeyTable>(writers: Writers<T>): (node: Node) => WrittenMapping {
  return (node) => {
    const found = new Map(isMapping(node.value) ? entries(node) : []);
    const known = Object.entries<Writer>(writers).map(([key, write]): Pair => {
      const at = found.get(key);
      return [key, at === undefined ? undefined : write(at)];
    });
    return writtenOf([...known, ...extensions(node, writers)]);
  };
}

/** The `x-` keys of a mapping that none of the writers is for. */
export function extensions(node: Node, writers: object = {}): readonly Pair[] {
  if (!isMapping(node.value)) return [];
  const foreign = entries(node).filter(([key]) => key.startsWith("x-") && !Object.hasOwn(writers, key));
  return foreign.map(([key, at]) => [key, anything(at)]);
}

export type Pair = readonly [key: string, value: Written | undefined];

/** `Object.fromEntries` defines properties, so that a key `__proto__` is a key like any other. */
export function writtenOf(pairs: readonly Pair[]): WrittenMapping {
  return Object.fromEntries(pairs.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

export function sorted(mapping: WrittenMapping): WrittenMapping {
  return Object.fromEntries(Object.entries(mapping).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

export function memberOf(node: Node, key: string): Node | undefined {
  return isMapping(node.value) ? entries(node).find(([name]) => name === key)?.[1] : undefined;
}

/** Aliases let a short text stand for an endless value: of one that is larger nothing is written. */
const most = 10_000;
const deepest = 60;

/** What nobody decodes, with its variables filled in. */
export const anything: Writer = (node) => {
  let left = most;
  const look = (at: Node, depth: number): Written | undefined => {
    if (left-- <= 0 || depth > deepest) return undefined;
    if (Array.isArray(at.value)) {
      return items(at).map((item) => look(item, depth + 1) ?? null);
    }
    if (isMapping(at.value)) return writtenOf(entries(at).map(([key, child]) => [key, look(child, depth + 1)]));
    if (at.value === null || typeof at.value === "boolean" || typeof at.value === "number") return at.value;
    return text(at);
  };
  const written = look(node, 0);
  return left < 0 ? undefined : written;
};
