import { isMapping } from "../document/node.js";
import { itemsOf, listOf, mappingOf, membersOf, overriding, spend, type Budget, type Tree } from "./tree.js";

/** How the values of one place of the document are merged. Without a rule mappings merge, lists append, all else is replaced. */
export interface Rule {
  /** Takes the place of everything below. */
  readonly merge?: (base: Tree, over: Tree, budget: Budget) => Tree;
  /** Of a mapping: the rules of its members. */
  readonly keys?: Readonly<Record<string, Rule>>;
  /** Of a mapping: the rule of each member that `keys` does not name. */
  readonly each?: Rule;
  /** Of a list: an item of the same name takes the place of the earlier one. */
  readonly nameOf?: (item: Tree) => string | undefined;
  /** The form in which different forms of the same thing can be merged. */
  readonly normalize?: (tree: Tree) => Tree;
}

/**
 * Merges a value over another by the Compose Specification ("Merge and override"). The merged mapping or list stands
 * at the base's place, everything in it where it was written. A null leaves the base as it is. Marks stay: what was merged
 * over something that was taken away does to a further base what that would have done.
 */
export function mergeTrees(base: Tree, over: Tree, rule: Rule | undefined, budget: Budget): Tree {
  if (over.mark !== undefined) return over;
  if (base.mark === "reset") return overriding(over);
  const merged = base.value === null ? over : mergeValues(base, over, rule, budget);
  return base.mark === "override" ? overriding(merged) : merged;
}

function mergeValues(base: Tree, over: Tree, rule: Rule | undefined, budget: Budget): Tree {
  if (rule?.merge !== undefined) return rule.merge(base, over, budget);
  if (over.value === null) return base;
  const [first, second] = sameForm(base, over, rule);
  if (isMapping(first.value) && isMapping(second.value)) {
    return spend(budget, () => mergeMappings(first, second, rule, budget)) ?? over;
  }
  if (Array.isArray(first.value) && Array.isArray(second.value)) return mergeLists(first, second, rule?.nameOf);
  return over;
}

/** Even where the later value is null it stands. */
export const replaced: Rule = { merge: (_base, over) => over };

function sameForm(base: Tree, over: Tree, rule: Rule | undefined): readonly [Tree, Tree] {
  const { normalize } = rule ?? {};
  const same =
    isMapping(base.value) === isMapping(over.value) && Array.isArray(base.value) === Array.isArray(over.value);
  const isComposite = isMapping(base.value) || Array.isArray(base.value);
  return normalize === undefined || (same && isComposite) ? [base, over] : [normalize(base), normalize(over)];
}

function mergeMappings(base: Tree, over: Tree, rule: Rule | undefined, budget: Budget): Tree {
  const merged = new Map(membersOf(base));
  for (const [key, member] of membersOf(over)) {
    const before = merged.get(key);
    const own = rule?.keys !== undefined && Object.hasOwn(rule.keys, key) ? rule.keys[key] : rule?.each;
    merged.set(key, before === undefined ? member : mergeTrees(before, member, own, budget));
  }
  return mappingOf(base, merged);
}

/** Items of one name in the same list are left alone: whether that is a mistake, the decoder knows. */
function mergeLists(base: Tree, over: Tree, nameOf: Rule["nameOf"] = () => undefined): Tree {
  const later = itemsOf(over);
  const successors = new Map(later.map((item) => [nameOf(item), item] as const).reverse());
  const moved = new Set<Tree>();
  const kept = itemsOf(base).map((item) => {
    const name = nameOf(item);
    const successor = name === undefined ? undefined : successors.get(name);
    if (successor === undefined || moved.has(successor)) return item;
    moved.add(successor);
    return successor;
  });
  return listOf(base, [...kept, ...later.filter((item) => !moved.has(item))]);
}
