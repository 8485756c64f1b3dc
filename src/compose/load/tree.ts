import { isMapping, type Node, type Reading } from "../document/node.js";
import type { Place } from "../document/yaml.js";

/** A value of a document with its place, before anything is decoded: what files are merged from. */
export interface Tree {
  readonly value: unknown;
  readonly place: Place;
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

export function memberOf(tree: Tree | undefined, key: string): Tree | undefined {
  if (tree === undefined || !isMapping(tree.value) || !Object.hasOwn(tree.value, key)) return undefined;
  return childOf(tree, key, tree.value[key]);
}

/** The items of a list; empty for anything else. */
export function itemsOf(tree: Tree): readonly Tree[] {
  if (!Array.isArray(tree.value)) return [];
  return tree.value.map((value: unknown, index) => childOf(tree, String(index), value));
}

export function mappingOf(place: Place, members: ReadonlyMap<string, Tree>): Tree {
  const children = new Map([...members].map(([key, { place: at }]) => [key, at]));
  const value: unknown = Object.fromEntries([...members].map(([key, member]) => [key, member.value]));
  return { value, place: { ...place, plain: undefined, tag: undefined, children } };
}

export function listOf(place: Place, items: readonly Tree[]): Tree {
  const children = new Map(items.map(({ place: at }, index) => [String(index), at]));
  return { value: items.map(({ value }) => value), place: { ...place, plain: undefined, tag: undefined, children } };
}

/** A text that stands in the file in another form. */
export function textAt(place: Place, value: string): Tree {
  return { value, place: { ...place, plain: undefined, children: new Map() } };
}

export function without(tree: Tree, keys: readonly string[]): Tree {
  const kept = [...membersOf(tree)].filter(([key]) => !keys.includes(key));
  return isMapping(tree.value) ? mappingOf(tree.place, new Map(kept)) : tree;
}

/** For decoders. `reading` is that of the project; the node's own origin goes before it. */
export function nodeOf(tree: Tree, path: string, reading: Reading): Node {
  return { ...tree, path, reading: { ...reading, ...tree.place.origin } };
}

function childOf({ place }: Tree, key: string, value: unknown): Tree {
  return { value, place: place.children.get(key) ?? { ...place, plain: undefined, children: new Map() } };
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
