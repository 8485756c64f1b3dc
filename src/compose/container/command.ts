import { items, readAll, report, wrongKind, type Node } from "../document/node.js";
import { text } from "../document/scalar.js";
import { splitWords } from "../values/words.js";

/** `command` and `entrypoint`: a list as it is, or text split into words. Null stands for the image's own. */
export function commandLine(node: Node): readonly string[] | null {
  if (node.value === null) return null;
  if (Array.isArray(node.value)) return readAll(items(node), text);
  if (typeof node.value !== "string") return wrongKind(node, "a string or a list of strings");
  const line = text(node);
  if (line === null) return null;
  const words = splitWords(line);
  return words.ok ? words.words : report(node, words.message, words.hint);
}
