import { Refusal } from "./refusal.js";

const maxDepth = 64;
const utf8 = new TextDecoder("utf-8", { fatal: true });
const [quote, backslash, bracket, brace, bracketEnd, braceEnd] = Buffer.from('"\\[{]}') as unknown as readonly number[];

/** Strict UTF-8 JSON, no deeper than any sender nests. Throws a Refusal 400 that quotes nothing of the body. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  // Before the parser: a value it accepts can be too deep for whoever walks or prints it later.
  if (isDeeperThan(bytes, maxDepth)) throw new Refusal(400, `the body is nested deeper than ${maxDepth} levels`);
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "the body is not JSON", "send one JSON object");
  }
}

/** A value inside parsed JSON; undefined where the way does not lead through objects' own keys. */
export function valueAt(root: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (here, key) =>
      typeof here === "object" && here !== null && !Array.isArray(here) && Object.hasOwn(here, key)
        ? (here as Record<string, unknown>)[key]
        : undefined,
    root,
  );
}

/**
 * Text inside parsed JSON. Senders write null for what they do not know, so null and "" are undefined.
 * Any other type, or more than 512 characters (the longest image reference fits), is a Refusal 400.
 */
export function textAt(root: unknown, ...path: readonly string[]): string | undefined {
  const value = valueAt(root, ...path) ?? "";
  if (typeof value !== "string") throw new Refusal(400, `${path.join(".")} must be a string`);
  if (value.length > 512) throw new Refusal(400, `${path.join(".")} is longer than 512 characters`);
  return value === "" ? undefined : value;
}

/** True or false inside parsed JSON; absent or null is false. Any other type is a Refusal 400. */
export function flagAt(root: unknown, ...path: readonly string[]): boolean {
  const value = valueAt(root, ...path) ?? false;
  if (typeof value !== "boolean") throw new Refusal(400, `${path.join(".")} must be true or false`);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Refusal(400, "the body is not UTF-8");
  }
}

/** In UTF-8 no other character has the bytes of these. */
function isDeeperThan(bytes: Uint8Array, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === bracket || byte === brace) {
      depth += 1;
      if (depth > limit) return true;
    } else if (byte === bracketEnd || byte === braceEnd) depth -= 1;
  }
  return false;
}
