/*
 * Texts and places in texts live here: YAML, variables, lists, scalars. What a key means does not.
 */

import { posix } from "node:path";
import type { EngineKind } from "../values/engine.js";
import type { Problem, Warning } from "../values/problem.js";
import { quote } from "../../tools/quote.js";
import { nearest } from "../../tools/suggest.js";
import type { Ground, Use } from "./ground.js";
import { interpolate } from "./variables/interpolate.js";
import { remedyFor, whyMissing, type Library } from "./library.js";
import type { Origin } from "./yaml/origin.js";
import { ownSecretFault, ownSecretHint } from "./variables/own-secrets.js";
import type { Place, Position } from "./yaml/yaml.js";

/** What the reading of a project gathers, seen from one of its files. */
export interface Reading extends Origin {
  readonly problems: Problem[];
  readonly warnings: Warning[];
  readonly library: Library;
  /** What is to run the project. Absent: `docker`. */
  readonly engine?: EngineKind;
  /** Absent: paths stand where they are written. */
  readonly ground?: Ground;
  /** Mappings may lack what they would have had from elsewhere: nobody is told that something is missing in one. */
  readonly isPartial?: boolean;
}

/**
 * One value of the document, with its place. Decoders take a node, report what is wrong with it and answer null
 * then: the whole result is thrown away if there is any problem, so that they may go on and find more.
 */
export interface Node {
  readonly value: unknown;
  readonly path: string;
  readonly place: Place;
  readonly reading: Reading;
}

export function report(node: Node, message: string, hint?: string): null {
  if (node.reading.isPartial === true && isMapping(node.value)) return null;
  node.reading.problems.push(problemAt(node, node.place.value, message, withUnset(node, hint)));
  return null;
}

/** A path of the host as the engine or a build is given it; null: it is reported why it cannot be. */
export function standing(node: Node, path: string, use: Use): string | null {
  const found = node.reading.ground?.stand(path, use) ?? { path };
  return "path" in found ? found.path : report(node, found.refused, found.hint);
}

/** Reports at the node's key instead of its value. */
export function reportKey(node: Node, message: string, hint?: string): null {
  node.reading.problems.push(problemAt(node, node.place.key, message, withUnset(node, hint)));
  return null;
}

export function warn(node: Node, position: Position, message: string, hint?: string): void {
  node.reading.warnings.push(problemAt(node, position, message, hint));
}

/** What is wrong with a text may come from variables that have no value: then they are named first. */
function withUnset({ value, reading }: Node, hint: string | undefined): string | undefined {
  if (typeof value !== "string" || !value.includes("$")) return hint;
  const unset = [...new Set(interpolate(value, reading.variables).unset)];
  if (unset.length === 0) return hint;
  const said = `${unset.length === 1 ? "the variable" : "the variables"} ${unset.join(", ")} ${unset.length === 1 ? "is" : "are"} not set`;
  return hint === undefined ? said : `${said}; ${hint}`;
}

function problemAt(node: Node, position: Position, message: string, hint: string | undefined): Problem {
  const { path, reading } = node;
  return { file: reading.file, ...position, path, message, ...(hint === undefined ? {} : { hint }) };
}

/** An optional field: undefined if it is absent, or wrong and reported. */
export function read<T>(node: Node | undefined, decode: (node: Node) => T | null): T | undefined {
  return node === undefined ? undefined : (decode(node) ?? undefined);
}

/** Decodes each, and leaves out those that were reported. */
export function readAll<T>(nodes: readonly Node[], decode: (node: Node) => T | null): readonly T[] {
  return nodes.map(decode).filter((result) => result !== null);
}

/** A mapping with keys of the user's choice. */
export function entries(node: Node, expected = "a mapping"): readonly (readonly [key: string, child: Node])[] {
  if (!isMapping(node.value)) {
    wrongKind(node, expected);
    return [];
  }
  return Object.entries(node.value).map(([key, value]) => [key, child(node, key, value)]);
}

export function items(node: Node): readonly Node[] {
  if (!Array.isArray(node.value)) {
    wrongKind(node, "a list");
    return [];
  }
  return node.value.map((value: unknown, index) => child(node, index, value));
}

/**
 * Reports the node that names a file without a text: as it is written, and where that is unless variables tell it. `hint`:
 * what to do where there is no such file.
 */
export function reportMissing(node: Node, path: string, missing: string, hint: string): null {
  const { isHidden, library } = node.reading;
  const message = whyMissing(missing, quoted(node));
  const remedy = remedyFor(missing, hint);
  if (isTemplate(node) || isHidden === true) return report(node, message, remedy);
  const place = library.nameOf(path);
  const isSame = place === posix.normalize(String(node.value));
  return report(node, isSame ? message : `${message}: looked for at ${place}`, remedy);
}

/** Its text may hold what a variable gives. */
export function isTemplate({ value }: Node): boolean {
  return typeof value !== "string" || value.includes("$");
}

export function didYouMean(word: string): string {
  return `did you mean ${quote(word)}?`;
}

/** `hint`s for a name that should have been declared elsewhere in the file. */
export function suggestName(word: string, declared: Iterable<string>, otherwise: string): string {
  const meant = nearest(word, declared);
  return meant === undefined ? otherwise : didYouMean(meant);
}

export const nulFault = "it holds a NUL character, at which programs and the kernel end every text";
export const nulHint = "take it out; what is no text can be a file of `configs` or `secrets`";

/**
 * A string with its variables filled in. Reports templates that cannot be, and warns of variables that have no value. `content`:
 * it goes into a file, where any character may stand.
 */
export function filledIn(node: Node, template: string, use: "text" | "content" = "text"): string | null {
  if (use === "text" && template.includes("\0")) return report(node, nulFault, nulHint);
  const { text, unset, withheld, faults } = interpolate(template, node.reading.variables);
  for (const name of withheld) report(node, ownSecretFault(name), ownSecretHint);
  for (const fault of faults) report(node, fault);
  for (const name of unset) {
    warn(node, node.place.value, `the variable ${name} is not set and becomes empty`, `set it, or write \${${name}:-}`);
  }
  return faults.length > 0 || withheld.length > 0 ? null : text;
}

/**
 * What stands in the file, for a message: never the text after interpolation, which may hold a secret. Fit for one line.
 */
export function quoted(node: Node): string {
  const text = typeof node.value === "string" ? node.value : (node.place.plain ?? kindOf(node.value));
  return quote(text);
}

/** A name for a message: as it stands in the file if the node is that name, else the key that it stands under. */
export function quotedName(node: Node, key: string): string {
  if (node.place.template !== undefined) return quote(node.place.template);
  return typeof node.value === "string" ? quoted(node) : quote(key);
}

export function wrongKind(node: Node, expected: string, hint?: string): null {
  if (node.value !== null) return report(node, `expected ${expected}, found ${kindOf(node.value)}`, hint);
  return report(node, `has no value; expected ${expected}`, hint ?? "remove the key or give it a value");
}

export function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? "a string" : `a ${typeof value}`;
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function child(parent: Node, key: string | number, value: unknown): Node {
  const { path, place, reading } = parent;
  const known = place.children.get(String(key)) ?? { ...place, plain: undefined, children: new Map() };
  return {
    value,
    path: childPath(path, known.template ?? key),
    place: known,
    reading: readingOf(reading, place.origin, known.origin),
  };
}

export function childPath(path: string, key: string | number): string {
  const step = typeof key === "number" ? `[${key}]` : /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  return path === "" && step.startsWith(".") ? step.slice(1) : `${path}${step}`;
}

function readingOf(reading: Reading, around: Origin | undefined, origin: Origin | undefined): Reading {
  return origin === undefined || origin === around ? reading : { ...reading, ...origin };
}
