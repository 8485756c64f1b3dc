import { didYouMean, entries, reportKey, warn, type Node } from "../document/node.js";
import { nearest } from "../../tools/suggest.js";
import { mountKeys, serviceKeys } from "./keys.js";
import { sections } from "./sections.js";
import { supportOn, type KeyTable, type Support, type SupportedKey } from "./support.js";

export type Fields<T extends KeyTable> = (key: SupportedKey<T>) => Node | undefined;

const extension = "x-fairlead";

/** A mapping with keys of the specification; reports those that are not supported, and gives access to the others. */
export function fields<T extends KeyTable>(node: Node, table: T): Fields<T> {
  const found = new Map<string, Node>();
  for (const [key, field] of entries(node)) {
    const known = Object.hasOwn(table, key) ? table[key] : undefined;
    const support = known && supportOn(node.reading.engine, known);
    if (support?.support === "supported") found.set(key, field);
    else if (support !== undefined) reportSupport(field, support);
    else if (!isForeignExtension(key)) reportUnknown(field, key, table);
  }
  return (key) => found.get(key);
}

function reportSupport(field: Node, support: Exclude<ReturnType<typeof supportOn>, { support: "supported" }>): void {
  const isNone = field.reading.engine === "swarm" && support.support === "refused";
  switch (support.support) {
    case "obsolete":
      warn(field, field.place.key, "obsolete, and ignored", support.hint);
      return;
    case "ignored":
      warn(field, field.place.key, "has no effect here", support.hint);
      return;
    case "planned":
      reportKey(field, "not supported yet", support.hint);
      return;
    case "refused":
      reportKey(field, isNone ? "not supported on a Swarm" : "not supported", support.hint);
  }
}

/** Compose lets every tool write `x-` keys nearly everywhere; ours counts only where the table has it. */
function isForeignExtension(key: string): boolean {
  return key.startsWith("x-") && nearest(key, [extension]) === undefined;
}

function reportUnknown(field: Node, key: string, table: KeyTable): void {
  if (key === extension) {
    reportKey(field, "not allowed here", "it stands in a service or at the top level");
    return;
  }
  const known = Object.keys(table);
  const meant = nearest(key, known) ?? nearest(key, key.startsWith("x-") ? [extension] : []);
  const writable = known.filter((name) => isWritable(table[name], field));
  const list = writable.length > 0 && writable.length <= 8 ? `known here: ${writable.join(", ")}` : undefined;
  const other = known.find((name) => `${name}s` === key || name === `${key}s`);
  const hint = other === undefined ? (insteadOf(key, table) ?? belongsTo(key)) : didYouMean(other);
  reportKey(field, "unknown key", hint ?? (meant === undefined ? list : didYouMean(meant)));
}

function isWritable(support: Support | undefined, { reading }: Node): boolean {
  return support !== undefined && supportOn(reading.engine, support).support === "supported";
}

/** What people write in a mapping of this kind, for what has another name there. */
function insteadOf(key: string, table: KeyTable): string | undefined {
  if (table !== mountKeys || key !== "mode") return undefined;
  return "write `read_only: true` for `ro`; the mode of a tmpfs stands under `tmpfs`";
}

/** Only mappings that every service has one of: a list's item or a name of the user's choice is no home to point at. */
const homes = sections.flatMap(({ path, table }) => {
  const [, home] = /^services\.\*\.([a-z_.-]+)$/.exec(path) ?? [];
  return home === undefined ? [] : [{ home, table }];
});

function belongsTo(key: string): string | undefined {
  if (Object.hasOwn(serviceKeys, key)) return "it belongs in a service";
  const found = homes.find(({ table }) => Object.hasOwn(table, key));
  return found === undefined ? undefined : `it belongs under a service's \`${found.home}\``;
}
