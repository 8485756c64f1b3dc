import { items, quoted, readAll, report, warn, wrongKind, type Node } from "./node.js";
import { filledText } from "./scalar.js";

/** A list of things that must differ. */
export function distinct<T>(node: Node, decode: (item: Node) => T | null): readonly T[] {
  const seen = new Set<T>();
  return readAll(items(node), (item) => {
    const found = decode(item);
    if (found === null) return null;
    if (seen.has(found)) return report(item, `${quoted(item)} is given twice`, "remove one of them");
    seen.add(found);
    return found;
  });
}

/** A list of things of which each counts once: what is given again is left out, as Compose does it. */
export function once<T>(node: Node, decode: (item: Node) => T | null): readonly T[] {
  return lastOfEach(node, decode, (found) => found, "is given twice, and counts once");
}

/** A list in which a later item takes the place of an earlier one with the same key, as Compose has it. */
export function lastOfEach<T>(
  node: Node,
  decode: (item: Node) => T | null,
  keyOf: (found: T) => unknown,
  said: string,
): readonly T[] {
  const found = new Map<unknown, T>();
  for (const item of items(node)) {
    const one = decode(item);
    if (one === null) continue;
    if (found.has(keyOf(one))) warn(item, item.place.value, `${quoted(item)} ${said}`, "remove one of them");
    found.set(keyOf(one), one);
  }
  return [...found.values()];
}

/** Of what one place in a container can have but one of. */
export const sameTarget = "has the target of an earlier item, which does not count";

/** A list of strings. */
export function texts(node: Node): readonly string[] {
  return once(node, filledText);
}

/** One, or a list of them. */
export function oneOrMore<T>(node: Node, decode: (item: Node) => T | null): readonly T[] | null {
  if (Array.isArray(node.value)) return once(node, decode);
  if (typeof node.value !== "string") return wrongKind(node, "a string or a list of strings");
  const found = decode(node);
  return found === null ? null : [found];
}

/** Text of a certain form. */
export function matching(node: Node, form: RegExp, expected: string, hint?: string): string | null {
  const value = filledText(node);
  if (value === null || form.test(value)) return value;
  return report(node, `${quoted(node)} is not ${expected}`, hint);
}
