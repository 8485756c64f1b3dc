import { items, quoted, readAll, report, wrongKind, type Node } from "./node.js";
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

/** A list of strings. */
export function texts(node: Node): readonly string[] {
  return distinct(node, filledText);
}

/** One, or a list of them. */
export function oneOrMore<T>(node: Node, decode: (item: Node) => T | null): readonly T[] | null {
  if (Array.isArray(node.value)) return distinct(node, decode);
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
