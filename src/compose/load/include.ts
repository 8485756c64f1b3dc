import { posix } from "node:path";
import { isMapping, isTemplate, items, read, readAll, report, wrongKind, type Node } from "../document/node.js";
import { fields } from "../keys/fields.js";
import { includeKeys } from "../keys/load-keys.js";
import { nodeIn, openNamed, pathAt, type Document, type Shelf } from "./document.js";
import { extendServices } from "./extends.js";
import { mergeTrees } from "./merge.js";
import { documentRule } from "./rules.js";
import { takeIn } from "./take-in.js";
import { memberOf, settled, without, type Tree } from "./tree.js";
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
  const listed = items(nodeIn(shelf, clause, "include"));
  const inclusions = readAll(listed, inclusion);
  if (inclusions.length < listed.length || !Array.isArray(clause.value)) shelf.lost.included = true;
  return inclusions.reduce((all, each) => {
    const included = load(shelf, each, [...chain, document.path]);
    if (included === null) shelf.lost.included = true;
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
  const files = named(paths);
  const chosen = read(directory, pathAt);
  const [first] = files;
  if (paths.length === 0) return report(at, "no file is named", "write at least one path");
  if (first === undefined || files.length < paths.length || (directory !== undefined && chosen === undefined))
    return null;
  const { library, variables: ours } = at.reading;
  const again = files.find(({ path }) => chain.includes(path));
  if (again !== undefined) {
    const way = [...chain.slice(chain.indexOf(again.path)), again.path].map((path) => library.nameOf(path));
    return report(again.at, `files include each other in a circle: ${way.join(" -> ")}`, "remove one of them");
  }
  const base = chosen ?? posix.dirname(first.path);
  const variableFiles = envFiles.length === 0 ? [{ path: posix.join(base, ".env") }] : named(envFiles);
  const { lookUp: variables } = variablesBelow(at.reading, variableFiles, ours);
  const isHidden = directory !== undefined && isTemplate(directory);
  const documents = files.map((file) => openNamed(shelf, file.at, file.path, { directory: base, isHidden, variables }));
  const complete = documents.filter((document) => document !== null);
  return complete.length < documents.length ? null : settled(mergeDocuments(shelf, complete, chain));
}

/** `/dev/null` stands for no file, as in Compose. */
function named(nodes: readonly Node[]): readonly { readonly path: string; readonly at: Node }[] {
  return readAll(nodes, (at) => {
    const path = pathAt(at);
    return path === null || path === "/dev/null" ? null : { path, at };
  });
}
