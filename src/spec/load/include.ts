import { posix } from "node:path";

import { fields } from "../fields.js";
import { includeKeys } from "../keys.js";
import { isMapping, items, read, readAll, report, wrongKind, type Node } from "../node.js";
import { filledText } from "../scalar.js";
import { nodeIn, openNamed, type Document, type Shelf } from "./document.js";
import { extendServices } from "./extends.js";
import { mergeTrees } from "./merge.js";
import { documentRule } from "./rules.js";
import { takeIn } from "./take-in.js";
import { memberOf, without, type Tree } from "./tree.js";
import { variablesBelow } from "./variables.js";

/** One entry of `include`: files that are merged into a project of their own before it is taken in. */
interface Inclusion {
  readonly at: Node;
  readonly paths: readonly Node[];
  readonly directory: Node | undefined;
  readonly envFiles: readonly Node[];
}

/**
 * Merges documents, each over those before it, by the Compose Specification: first what a document's services extend and
 * what it includes, so that a later document can change that too. `chain` is the files that include these.
 */
export function mergeDocuments(shelf: Shelf, documents: readonly Document[], chain: readonly string[]): Tree {
  const [first, ...others] = documents.map((document) =>
    includeFiles(shelf, document, extendServices(shelf, document), chain),
  );
  const empty: Tree = { value: null, place: { key: start, value: start, plain: undefined, children: new Map() } };
  return others.reduce((merged, tree) => mergeTrees(merged, tree, documentRule, shelf.budget), first ?? empty);
}

const start = { line: 1, column: 1 };

/** The document with everything that it includes beside its own; what both declare must be the same. */
function includeFiles(shelf: Shelf, document: Document, tree: Tree, chain: readonly string[]): Tree {
  const clause = memberOf(tree, "include");
  if (clause === undefined) return tree;
  const own = without(tree, ["include"]);
  const inclusions = readAll(items(nodeIn(shelf, clause, "include")), inclusion);
  return inclusions.reduce((all, each) => {
    const included = load(shelf, each, [...chain, document.path]);
    return included === null ? all : takeIn(shelf, all, included, each.at);
  }, own);
}

function inclusion(item: Node): Inclusion | null {
  if (typeof item.value === "string") return { at: item, paths: [item], directory: undefined, envFiles: [] };
  if (!isMapping(item.value)) return wrongKind(item, "a path, or a mapping with `path`");
  const field = fields(item, includeKeys);
  const path = field("path");
  if (path === undefined) return report(item, "`path` is missing", "it names the file to include");
  const envFile = field("env_file");
  return { at: path, paths: oneOrMore(path), directory: field("project_directory"), envFiles: oneOrMore(envFile) };
}

function oneOrMore(node: Node | undefined): readonly Node[] {
  if (node === undefined) return [];
  return typeof node.value === "string" ? [node] : items(node);
}

/** Its relative paths begin in its own directory, unless it is given another; variables of its `.env` count below ours. */
function load(shelf: Shelf, { at, paths, directory, envFiles }: Inclusion, chain: readonly string[]): Tree | null {
  const { reading } = at;
  const files = readAll(paths, pathIn);
  const [first] = files;
  const chosen = read(directory, pathIn);
  if (first === undefined || files.length < paths.length || (directory !== undefined && chosen === undefined)) {
    return paths.length === 0 ? report(at, "no file is named", "write at least one path") : null;
  }
  const again = files.find((path) => chain.includes(path));
  if (again !== undefined) {
    const way = [...chain.slice(chain.indexOf(again)), again].map((path) => reading.library.nameOf(path));
    return report(at, `files include each other in a circle: ${way.join(" -> ")}`, "remove one of them");
  }
  const base = chosen ?? posix.dirname(first);
  const named = envFiles.flatMap((node) => read(node, pathIn) ?? []);
  const { lookUp: variables } = variablesBelow(
    reading,
    envFiles.length === 0 ? [posix.join(base, ".env")] : named.filter((path) => path !== "/dev/null"),
    reading.variables,
    envFiles[0],
  );
  const documents = readAll(paths, (node) =>
    openNamed(shelf, node, read(node, filledText) ?? "", { directory: base, variables }),
  );
  return documents.length < paths.length ? null : mergeDocuments(shelf, documents, chain);
}

function pathIn(node: Node): string | null {
  const path = filledText(node);
  return path === null ? null : posix.resolve(node.reading.directory, path);
}
