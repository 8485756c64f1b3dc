import { Marked, type MergeTag } from "../document/yaml/marked.js";
import { isMapping, type Node, type Reading } from "../document/node.js";
import type { Place } from "../document/yaml/yaml.js";

/**
 * A value of a document with its place, before anything is decoded: what files are merged from. Its mark is its own; those
 * of what is in it are among its values, so that no operation on trees can lose one.
 */
export interface Tree {
  /** Without a meaning where `mark` is `reset`. */
  readonly value: unknown;
  readonly place: Place;
  /** What becomes of the value that it is merged over. */
  readonly mark?: MergeTag | undefined;
}

/** Aliases let a short text stand for an endless document. */
export interface Budget {
  /** The values that may still be looked at. */
  left: number;
  /** How many are being looked into now, one in the other. */
  depth: number;
}

export function openBudget(): Budget {
  return { left: 50_000, depth: 0 };
}

/** Looks into one more value, deeper than any that a document has without an alias; undefined where that is too much. */
export function spend<T>(budget: Budget, look: () => T): T | undefined {
  if (budget.left <= 0 || budget.depth >= 60) return undefined;
  budget.left -= 1;
  budget.depth += 1;
  const result = look();
  budget.depth -= 1;
  return result;
}

/** The members of a mapping; empty for anything else. */
export function membersOf(tree: Tree): ReadonlyMap<string, Tree> {
  if (!isMapping(tree.value)) return new Map();
  return new Map(Object.entries(tree.value).map(([key, value]) => [key, childOf(tree, key, value)]));
}

/** Of a mapping; undefined also for one that is taken away. */
export function memberOf(tree: Tree | undefined, key: string): Tree | undefined {
  if (tree === undefined || !isMapping(tree.value) || !Object.hasOwn(tree.value, key)) return undefined;
  const member = childOf(tree, key, tree.value[key]);
  return member.mark === "reset" ? undefined : member;
}

/** The items of a list; empty for anything else. */
export function itemsOf(tree: Tree): readonly Tree[] {
  if (!Array.isArray(tree.value)) return [];
  return tree.value.map((value: unknown, index) => childOf(tree, String(index), value));
}

/** In the place of a tree, and marked as that was. */
export function mappingOf({ place, mark }: Tree, members: ReadonlyMap<string, Tree>): Tree {
  const children = new Map([...members].map(([key, { place: at }]) => [key, at]));
  const value: unknown = Object.fromEntries([...members].map(([key, member]) => [key, dataOf(member)]));
  return { value, place: { ...place, plain: undefined, children }, mark };
}

/** In the place of a tree, and marked as that was. */
export function listOf({ place, mark }: Tree, items: readonly Tree[]): Tree {
  const children = new Map(items.map(({ place: at }, index) => [String(index), at]));
  return { value: items.map(dataOf), place: { ...place, plain: undefined, children }, mark };
}

/** The same, as what it is merged over will not show. */
export function overriding(tree: Tree): Tree {
  return { ...tree, mark: "override" };
}

/** What is left once it is merged over nothing: without what is taken away, and without a mark. */
export function settled({ value, place, mark }: Tree): Tree {
  return { value: mark === "reset" ? null : withoutMarks(value, new Map()), place };
}

/** Values may be shared and circular: the copies are then, too. */
function withoutMarks(value: unknown, copies: Map<object, unknown>): unknown {
  if (value instanceof Marked) return withoutMarks(value.value, copies);
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const copy: object = Array.isArray(value) ? [] : {};
  copies.set(value, copy);
  for (const [key, child] of Object.entries(value)) {
    if (child instanceof Marked && child.tag === "reset") continue;
    const own = { value: withoutMarks(child, copies), configurable: true, enumerable: true, writable: true };
    Object.defineProperty(copy, key, own);
  }
  return copy;
}

function dataOf({ value, mark }: Tree): unknown {
  return mark === undefined ? value : new Marked(mark, value);
}

/** A text that stands in the file in another form. */
export function textAt({ place, mark }: Tree, value: string): Tree {
  return { value, place: { ...place, plain: undefined, children: new Map() }, mark };
}

export function without(tree: Tree, keys: readonly string[]): Tree {
  const kept = [...membersOf(tree)].filter(([key]) => !keys.includes(key));
  return isMapping(tree.value) ? mappingOf(tree, new Map(kept)) : tree;
}

/** For decoders, which know no marks. `reading` is that of the project; the node's own origin goes before it. */
export function nodeOf(tree: Tree, path: string, reading: Reading): Node {
  const { value, place } = settled(tree);
  return { value, place, path, reading: { ...reading, ...place.origin } };
}

function childOf({ place }: Tree, key: string, data: unknown): Tree {
  const { value, tag: mark } = data instanceof Marked ? data : { value: data, tag: undefined };
  return { value, place: place.children.get(key) ?? { ...place, plain: undefined, children: new Map() }, mark };
}

/**
 * Whether both say the same. What takes too long to tell is different, and so are, where texts may be `paths`, texts of
 * files whose relative paths begin elsewhere.
 */
export function equalTrees(one: Tree, other: Tree, paths: boolean, budget: Budget): boolean {
  const same = (left: Tree, right: Tree | undefined) => right !== undefined && equalTrees(left, right, paths, budget);
  const looked = spend(budget, () => {
    if (Array.isArray(one.value) && Array.isArray(other.value)) {
      const [items, others] = [itemsOf(one), itemsOf(other)];
      return items.length === others.length && items.every((item, index) => same(item, others[index]));
    }
    if (isMapping(one.value) && isMapping(other.value)) {
      const [members, others] = [[...membersOf(one)], membersOf(other)];
      return members.length === others.size && members.every(([key, member]) => same(member, others.get(key)));
    }
    const elsewhere = one.place.origin?.directory !== other.place.origin?.directory;
    return one.value === other.value && !(paths && elsewhere && typeof one.value === "string");
  });
  return looked ?? false;
}
