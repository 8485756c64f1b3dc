import type { Variables } from "../document/variables/interpolate.js";
import { quoted, report, reportMissing, type Node, type Reading } from "../document/node.js";
import { relativePath } from "../document/host-path.js";
import type { Origin } from "../document/yaml/origin.js";
import { filledText } from "../document/scalar.js";
import { parseYaml } from "../document/yaml/yaml.js";
import { given } from "../../tools/present.js";
import { foreignFault, type Decoded } from "../../tools/utf8.js";
import type { Problem } from "../values/problem.js";
import { nodeOf, type Budget, type Tree } from "./tree.js";

/** One Compose file as it is written. */
export interface Document {
  /** Absolute. */
  readonly path: string;
  readonly origin: Origin;
  readonly tree: Tree;
}

/** A file whose text is at hand. */
export interface ComposeText extends Decoded {
  /** As messages name it. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
}

/** What one project's files are opened with. */
export interface Shelf {
  /** Of the project: where everything that is wrong is reported. */
  readonly reading: Reading;
  readonly budget: Budget;
  /** What has been opened already, by its variables, path and directory. */
  readonly opened: Map<Variables, Map<string, Document | null>>;
  /** What is not there, because it could not be read: that has been reported. */
  readonly lost: Lost;
}

export interface Lost {
  /** Services without what they extend. */
  readonly bases: Set<string>;
  /** Of services that extend each other, by the names of those in it. */
  readonly circles: Set<string>;
  /** Something that is included: nobody knows what it declares. */
  included: boolean;
}

/** What the paths and variables of some files refer to. */
export type Scope = Pick<Origin, "directory" | "isHidden" | "variables">;

const longestText = 1_048_576;

/** Null: it has been reported. */
export function openDocument(shelf: Shelf, { file, path, text, foreign }: ComposeText, scope: Scope): Document | null {
  const { problems } = shelf.reading;
  const origin: Origin = { ...scope, file };
  if (foreign !== undefined) return refuse(problems, { file, path: "", ...foreignFault(foreign) });
  if (text.length > longestText) return refuse(problems, { file, path: "", message: "the file is larger than 1 MiB" });
  const document = parseYaml(text, origin);
  if (!document.ok) {
    const { message, hint, position } = document;
    return refuse(problems, { file, ...position, path: "", message, ...given({ hint }) });
  }
  return { path, origin, tree: { value: document.value, place: document.root } };
}

/** The absolute path that a node names. Null: it has been reported. */
export function pathAt(node: Node): string | null {
  const path = filledText(node);
  if (path === null || !/^(?:\w+:\/\/|git@|oci:)/.test(path)) {
    return path === null ? null : relativePath(node, path);
  }
  return report(node, "only a file of this host can be read", "fetch it first, and name the copy");
}

/** Opens the file at this path, which a node names. */
export function openNamed(shelf: Shelf, at: Node, path: string, scope: Scope): Document | null {
  const { library } = shelf.reading;
  const opened = shelf.opened.get(scope.variables) ?? new Map<string, Document | null>();
  shelf.opened.set(scope.variables, opened);
  const key = `${path}:${scope.directory}`;
  const before = opened.get(key);
  if (before !== undefined) return before;
  const found = library.read(path);
  const document =
    "text" in found && found.decrypted !== undefined
      ? report(at, `${quoted(at)} is encrypted`, "only env files, configs and secrets may be")
      : "text" in found
        ? openDocument(shelf, { ...found, file: library.nameOf(path), path }, scope)
        : reportMissing(at, path, found.missing, "relative paths begin in the directory of the file that names them");
  opened.set(key, document);
  return document;
}

export function nodeIn(shelf: Shelf, tree: Tree, path: string): Node {
  return nodeOf(tree, path, shelf.reading);
}

function refuse(problems: Problem[], problem: Problem): null {
  problems.push(problem);
  return null;
}
