import { isMapping } from "../compose/document/node.js";
import { parseYaml, type Place } from "../compose/document/yaml/yaml.js";
import { editHint, SopsFault } from "./fault.js";
import { Mac } from "./mac.js";
import { metadataOf, type Metadata } from "./metadata.js";
import { countedText, countedValue, scalarText } from "./scalars.js";
import { additionalOf, openValue, valueAt, type Value } from "./value.js";

/** A YAML or JSON file that is encrypted value by value. */
export interface SopsTree {
  readonly text: string;
  readonly isJson: boolean;
  readonly value: Readonly<Record<string, unknown>>;
  readonly root: Place;
  readonly metadata: Metadata;
}

/** Undefined: it has no metadata of SOPS. */
export function sopsTree(written: string): SopsTree | undefined {
  const isJson = written.trimStart().startsWith("{");
  if (!/^["']?sops["']?:|^\s*"sops"\s*:|[{,]\s*"sops"\s*:/m.test(written)) return undefined;
  // Tabs at the beginning of a line of JSON mean nothing, and YAML takes none.
  const text = isJson ? written.replace(/^\t+/gm, (tabs) => " ".repeat(tabs.length)) : written;
  // Values are what Go's YAML takes them for, which is what SOPS and Docker Compose read with.
  const document = parseYaml(text, { file: "", directory: "/", variables: () => undefined });
  if (!document.ok || !isMapping(document.value)) return undefined;
  const { value, root } = document;
  const { sops } = value;
  if (!isMapping(sops) || !["mac", "version", "lastmodified"].some((key) => Object.hasOwn(sops, key))) return undefined;
  return { text, isJson, value, root, metadata: metadataOf(sops) };
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly place: Place;
}

/** All values in the order of the text. Keys that are numbers come first in an object, but not in a text. */
function* leavesOf(value: unknown, place: Place, path: readonly string[]): Generator<Leaf> {
  if (typeof value !== "object" || value === null) {
    yield { path, value, place };
    return;
  }
  for (const [key, child] of place.children) {
    if (path.length === 0 && key === "sops") continue;
    const own: unknown = Reflect.get(value, key);
    yield* leavesOf(own, child, Array.isArray(value) ? path : [...path, key]);
  }
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The text with its values in their places, and without the metadata; of a file in one piece that alone. */
export function openTree(tree: SopsTree, key: Buffer): { readonly text: string; readonly data: Buffer | undefined } {
  const { text, isJson, metadata } = tree;
  const mac = new Mac(metadata);
  const starts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((found) => found.index + found[0].length)];
  const offsetOf = ({ value }: Place) => (starts[value.line - 1] ?? 0) + value.column - 1;
  const edits: Edit[] = [];
  const branches = new Set([additionalOf([])]);
  let data: Buffer | undefined;
  for (const { path, value, place } of leavesOf(tree.value, tree.root, [])) {
    branches.add(additionalOf(path)).add(additionalOf(path.slice(0, -1)));
    if (value === null || value === undefined) continue;
    if (!metadata.isEncrypted(path, value)) {
      mac.add(countedText(value, isJson ? jsonPlain(value, place) : place.plain) ?? "", false);
      continue;
    }
    if (typeof value !== "string") {
      throw new SopsFault(`${path.join(".")} is not encrypted, and should be: it was written later`, editHint);
    }
    const found = valueAt(path, value, key);
    mac.add(countedValue(found), true);
    if (path.length === 1 && path[0] === "data") data = found.bytes;
    if (value !== "") edits.push(editAt(text, offsetOf(place), { path, value, into: scalarText(found, isJson) }));
  }
  mac.check(key);
  if (!isJson) edits.push(...commentEdits(text, key, branches, edits));
  const sops = tree.root.children.get("sops");
  if (sops !== undefined) {
    const from = (starts[sops.key.line - 1] ?? 0) + sops.key.column - 1;
    edits.push(isJson ? jsonMember(text, from) : yamlBlock(text, from));
  }
  return { text: edited(text, edits), data };
}

/** Only a number is counted as it is written. */
function jsonPlain(value: unknown, { plain }: Place): string | undefined {
  return typeof value === "string" ? undefined : plain;
}

/** `into` comes in the place of `value`. */
function editAt(
  text: string,
  from: number,
  { path, value, into }: { readonly path: readonly string[]; readonly value: string; readonly into: string },
): Edit {
  const quote = text[from];
  const isQuoted = quote === '"' || quote === "'";
  const begin = isQuoted ? from + 1 : from;
  const to = begin + value.length;
  if (text.slice(begin, to) !== value || (isQuoted && text[to] !== quote)) {
    throw new SopsFault(
      `${path.join(".")} is not written as SOPS writes it: in one line, from ENC[ to ]`,
      "encrypt it anew with `sops`",
    );
  }
  return { from, to: isQuoted ? to + 1 : to, text: into };
}

/** A comment is encrypted for the branch that it stands in; which one that is shows when it opens. */
function commentEdits(
  text: string,
  key: Buffer,
  branches: ReadonlySet<string>,
  values: readonly Edit[],
): readonly Edit[] {
  return [...text.matchAll(/#(ENC\[AES256_GCM,[^\s\]]*,type:(?:comment|str)\])/g)].flatMap((found) => {
    const [whole, written = ""] = found;
    const from = found.index;
    if (values.some((edit) => from >= edit.from && from < edit.to)) return [];
    const opened = [...branches].map((branch): Value | undefined => openValue(written, key, branch));
    const value = opened.find((one) => one !== undefined);
    if (value === undefined) return [];
    return [{ from, to: from + whole.length, text: `#${value.bytes.toString("utf8").replaceAll(/\r|\n/g, " ")}` }];
  });
}

/** From a key at the beginning of a line to the next one. */
function yamlBlock(text: string, from: number): Edit {
  const begin = text.lastIndexOf("\n", from) + 1;
  const next = /\n(?=[^\s#-])/g;
  next.lastIndex = from;
  const end = next.exec(text);
  return { from: begin, to: end === null ? text.length : end.index + 1, text: "" };
}

/** A member of an object, with the comma before it, or else that behind it. */
function jsonMember(text: string, from: number): Edit {
  let depth = 0;
  let to = text.indexOf(":", from + '"sops"'.length) + 1;
  for (; to < text.length; to++) {
    const sign = text[to];
    if (sign === '"') to += (/^"(?:[^"\\]|\\.)*"/.exec(text.slice(to))?.[0].length ?? 1) - 1;
    else if (sign === "{" || sign === "[") depth += 1;
    else if (sign === "}" || sign === "]") {
      depth -= 1;
      if (depth === 0) break;
    }
  }
  to += 1;
  const before = /,\s*$/.exec(text.slice(0, from));
  if (before !== null) return { from: from - before[0].length, to, text: "" };
  return { from, to: to + (/^\s*,\s*/.exec(text.slice(to))?.[0].length ?? 0), text: "" };
}

function edited(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((one, other) => one.from - other.from);
  let done = 0;
  const parts: string[] = [];
  for (const { from, to, text: into } of sorted) {
    parts.push(text.slice(done, from), into);
    done = to;
  }
  return [...parts, text.slice(done)].join("");
}
