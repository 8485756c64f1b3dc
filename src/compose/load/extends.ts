import { posix } from "node:path";
import { childPath, isMapping, quoted, read, report, suggestName, wrongKind, type Node } from "../document/node.js";
import { filledText } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { extendsKeys } from "../keys/load-keys.js";
import { nodeIn, openNamed, pathAt, type Document, type Shelf } from "./document.js";
import { mergeTrees } from "./merge.js";
import { serviceRule } from "./rules.js";
import { mappingOf, memberOf, membersOf, settled, without, type Tree } from "./tree.js";

/** The document with every service laid over the one that it extends, in this file or another. */
export function extendServices(shelf: Shelf, document: Document): Tree {
  const { tree } = document;
  const services = memberOf(tree, "services");
  if (services === undefined) return tree;
  const extended = [...membersOf(services)].map(([name, service]) => {
    const result = memberOf(service, "extends") === undefined ? service : resolve(shelf, document, name, []);
    if (result === null) shelf.lost.bases.add(name);
    return [name, result ?? without(service, ["extends"])] as const;
  });
  if (!isMapping(services.value)) return tree;
  return mappingOf(tree, new Map([...membersOf(tree), ["services", mappingOf(services, new Map(extended))]]));
}

interface Link {
  readonly document: Document;
  readonly service: string;
}

/**
 * Null: what it extends has been reported. What the marks of the base take away is gone then; the service's own also hold
 * for what the whole file is merged over.
 */
function resolve(shelf: Shelf, document: Document, service: string, chain: readonly Link[]): Tree | null {
  const own = serviceOf(document, service);
  const clause = memberOf(own, "extends");
  if (own === undefined || clause === undefined) return own ?? null;
  const at = nodeIn(shelf, clause, `${childPath("services", service)}.extends`);
  const base = baseOf(shelf, at, document, [...chain, { document, service }]);
  if (base === null) return null;
  const { mark, ...keys } = without(own, ["extends"]);
  const { value, place } = mergeTrees(settled(base), keys, serviceRule, shelf.budget);
  return { value, place: { ...own.place, children: place.children }, mark };
}

function baseOf(shelf: Shelf, at: Node, document: Document, chain: readonly Link[]): Tree | null {
  const { service, file } = typeof at.value === "string" ? { service: at, file: undefined } : longForm(at);
  const name = read(service, filledText);
  const other = file === undefined ? document : extendedFile(shelf, file);
  if (service === undefined || name === undefined || other === null) return null;
  if (serviceOf(other, name) === undefined) {
    const message = `${quoted(service)} is not a service of ${other.origin.file}`;
    const names = [...membersOf(memberOf(other.tree, "services") ?? other.tree).keys()];
    return report(service, message, suggestName(name, names, "name the file of a service elsewhere with `file`"));
  }
  const first = chain.findIndex((link) => link.document.path === other.path && link.service === name);
  if (first >= 0) {
    const circle = chain.slice(first);
    const way = [...circle.map((link) => link.service), name].join(" -> ");
    // Whoever is in it leads into it.
    const known = JSON.stringify(circle.map((link) => [link.document.path, link.service].join(":")).sort());
    if (shelf.lost.circles.has(known)) return null;
    shelf.lost.circles.add(known);
    return report(service, `services extend each other in a circle: ${way}`, "remove one of them");
  }
  return resolve(shelf, other, name, chain);
}

function longForm(at: Node): { readonly service: Node | undefined; readonly file: Node | undefined } {
  if (!isMapping(at.value)) wrongKind(at, "a service's name, or a mapping with `service` and `file`");
  const field = isMapping(at.value) ? fields(at, extendsKeys) : () => undefined;
  const service = field("service");
  if (service === undefined && isMapping(at.value))
    report(at, "`service` is missing", "it names the service to extend");
  return { service, file: field("file") };
}

/** Its own relative paths begin where it lies. */
function extendedFile(shelf: Shelf, at: Node): Document | null {
  const path = pathAt(at);
  const { variables } = at.reading;
  return path === null ? null : openNamed(shelf, at, path, { directory: posix.dirname(path), variables });
}

function serviceOf(document: Document, name: string): Tree | undefined {
  return memberOf(memberOf(document.tree, "services"), name);
}
