import { childPath, isMapping, reportKey, warn, type Node } from "../document/node.js";
import { quote } from "../../tools/quote.js";
import { nodeIn, type Shelf } from "./document.js";
import { equalTrees, mappingOf, membersOf, overriding, settled, type Tree } from "./tree.js";

const withPaths = ["services", "configs", "secrets"];
const resources = [...withPaths, "networks", "volumes"];

/** A project with what it includes; `at` says so. A name that both declare is a problem, unless both say the same. */
export function takeIn(shelf: Shelf, all: Tree, included: Tree, at: Node): Tree {
  const merged = new Map(membersOf(all));
  for (const [section, theirs] of membersOf(included)) {
    const ours = merged.get(section);
    const node = nodeIn(shelf, theirs, childPath("", section));
    if (section === "name") {
      warn(node, node.place.key, "ignored: what is included belongs to the project that includes it", "remove it");
    } else if (section === "x-fairlead") {
      reportKey(node, "not allowed in an included file", "write it in the project's own file");
    } else if (ours === undefined) {
      merged.set(section, theirs);
    } else if (resources.includes(section)) {
      merged.set(section, union(shelf, section, { ours, theirs }, at));
    }
  }
  return mappingOf(all, merged);
}

function union(shelf: Shelf, section: string, { ours, theirs }: Record<"ours" | "theirs", Tree>, at: Node): Tree {
  if (ours.mark === "reset") return overriding(theirs);
  const merged = new Map(membersOf(ours));
  for (const [name, their] of membersOf(theirs)) {
    const our = merged.get(name);
    if (our === undefined) merged.set(name, their);
    else if (our.mark === "reset" || !equalTrees(settled(our), their, withPaths.includes(section), shelf.budget)) {
      const node = nodeIn(shelf, our, childPath(section, name));
      const file = their.place.origin?.file ?? at.reading.file;
      const isReset = our.mark === "reset";
      reportKey(
        node,
        isReset
          ? `${quote(name)} is declared by ${file}, which is included: !reset takes away what this file is merged over`
          : `${quote(name)} is declared by ${file} too, which is included`,
        `${isReset ? "" : "rename one of them, or "}change what is included in a further file (--file)`,
      );
    }
  }
  return isMapping(ours.value) || ours.value === null ? mappingOf(ours, merged) : ours;
}
