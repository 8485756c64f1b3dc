import { FairleadError } from "../../errors.js";
import { parseBytes } from "../values/bytes.js";
import { parseCpus } from "../values/cpus.js";
import { parseDuration } from "../values/duration.js";
import { nearest } from "../../tools/suggest.js";
import { didYouMean, filledIn, quoted, report, warn, wrongKind, type Node } from "./node.js";
import { numberText } from "./yaml/number.js";

/** A YAML string, with its variables filled in. */
export function text(node: Node): string | null {
  return textFor(node, "text");
}

/** The same of what goes into a file, where any character may stand. */
export function contentText(node: Node): string | null {
  return textFor(node, "content");
}

function textFor(node: Node, use: "text" | "content"): string | null {
  if (typeof node.value === "string") return filledIn(node, node.value, use);
  const isScalar = typeof node.value === "number" || typeof node.value === "boolean";
  return wrongKind(node, "a string", isScalar ? "put it in quotes" : undefined);
}

export function filledText(node: Node): string | null {
  const value = text(node);
  return value === "" ? report(node, "must not be empty") : value;
}

/**
 * Text where Compose takes numbers and booleans as well: the text that Docker Compose makes of them, with a warning where
 * that is not what is written. It does not show it: the values of an environment are secrets.
 */
export function scalarText(node: Node): string | null {
  if (typeof node.value !== "number" && typeof node.value !== "boolean") return text(node);
  const written = node.place.plain ?? String(node.value);
  const value = typeof node.value === "number" ? numberText(written) : String(node.value);
  if (value !== written) {
    const message = `as with Docker Compose, this ${typeof node.value} does not stay as it is written`;
    warn(node, node.place.value, message, "put it in quotes to keep it");
  }
  return value;
}

/** A whole number from `least` to `most`, or text that is one once its variables are filled in. */
export function integer(node: Node, least: number, most: number): number | null {
  const value = typeof node.value === "string" ? filledIn(node, node.value) : node.value;
  if (value === null) return node.value === null ? wrongValue(node, "a whole number") : null;
  const number = typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number)) return wrongValue(node, "a whole number");
  if (number < least || number > most) {
    return report(node, most === Infinity ? `must be at least ${least}` : `must be between ${least} and ${most}`);
  }
  return number;
}

/** A number from 0 to 1, or text that is one once its variables are filled in. */
export function ratio(node: Node): number | null {
  const value = typeof node.value === "string" ? filledIn(node, node.value) : node.value;
  if (value === null) return node.value === null ? wrongValue(node, "a number from 0 to 1") : null;
  const number = typeof value === "string" && /^[01](\.\d{1,9})?$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && number >= 0 && number <= 1) return number;
  return wrongValue(node, "a number from 0 to 1");
}

export function boolean(node: Node): boolean | null {
  const value = typeof node.value === "string" ? filledIn(node, node.value) : node.value;
  if (value === null) return node.value === null ? wrongValue(node, "true or false") : null;
  if (typeof value === "boolean") return value;
  const meant = typeof value === "string" ? words.find(([word]) => word === value.toLowerCase()) : undefined;
  if (meant === undefined) return wrongValue(node, "true or false");
  const [word, isTrue] = meant;
  if (word !== String(isTrue)) {
    const message = `taken for ${String(isTrue)}, as by Docker Compose; in YAML 1.2 it is a text`;
    warn(node, node.place.value, message, `write ${String(isTrue)}`);
  }
  return isTrue;
}

/** What is a boolean in YAML 1.1. */
const words = [
  ...["true", "yes", "y", "on"].map((word) => [word, true] as const),
  ...["false", "no", "n", "off"].map((word) => [word, false] as const),
];

export function choice<T extends string>(node: Node, choices: readonly T[]): T | null {
  const value = text(node);
  if (value === null) return null;
  const chosen = choices.find((candidate) => candidate === value);
  if (chosen !== undefined) return chosen;
  const meant = nearest(value, choices);
  return report(
    node,
    `${quoted(node)} is not one of ${choices.join(", ")}`,
    meant === undefined ? undefined : didYouMean(meant),
  );
}

/** A size in bytes: a number, or text with a unit. */
export function byteSize(node: Node): number | null {
  if (typeof node.value === "number") return integer(node, 0, Number.MAX_SAFE_INTEGER);
  return parsed(node, parseBytes, "a size");
}

/** A number of processors, in billionths. */
export function processors(node: Node): number | null {
  if (typeof node.value !== "number") return parsed(node, parseCpus, "a number of processors");
  try {
    return parseCpus(String(node.value));
  } catch {
    return report(node, `${quoted(node)} is not a number of processors`, "write for example `0.5` or `2`");
  }
}

/** Milliseconds. */
export function duration(node: Node): number | null {
  if (typeof node.value === "number") {
    return wrongKind(node, "a duration", `add a unit: "${node.place.plain ?? ""}s"`);
  }
  return parsed(node, parseDuration, "a duration");
}

/** Text that a parser of this folder takes; its FairleadError becomes a problem, without the value of any variable. */
export function parsed<T>(node: Node, parse: (text: string) => T, kind: string): T | null {
  const value = text(node);
  if (value === null) return null;
  try {
    return parse(value);
  } catch (thrown) {
    if (!(thrown instanceof FairleadError)) throw thrown;
    if (value === node.value) return report(node, thrown.message, thrown.remedy);
    return report(node, `${quoted(node)}, once its variables are filled in, is not ${kind}`);
  }
}

function wrongValue(node: Node, expected: string): null {
  if (typeof node.value === "string") return report(node, `${quoted(node)} is not ${expected}`);
  return typeof node.value === "number" ? report(node, `must be ${expected}`) : wrongKind(node, expected);
}
