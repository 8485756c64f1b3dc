import {
  entries,
  filledIn,
  items,
  nulFault,
  nulHint,
  readAll,
  report,
  reportKey,
  warn,
  wrongKind,
  type Node,
} from "./node.js";
import { isOwnSecret, ownSecretFault, ownSecretHint } from "./variables/own-secrets.js";
import { scalarText } from "./scalar.js";

/** Prefixes of labels that Fairlead writes itself: a label of the file must not pose as one of them. */
const reservedLabels = ["com.docker.compose.", "fairlead."];

type Texts = Readonly<Record<string, string>>;

/**
 * `environment`, as a mapping or as a list of `KEY=value`, over what `below` makes of it (the service's `env_file`). A key
 * without a value takes it from our own environment; without one there it is null, whatever lies below it.
 */
export function environment(
  node: Node,
  below: (own: Texts) => Texts = () => ({}),
): Readonly<Record<string, string | null>> {
  const found = pairs(node, ({ name, node: at }) => {
    if (isOwnSecret(name)) reportKey(at, ownSecretFault(name), ownSecretHint);
    return node.reading.variables(name);
  });
  const own = found.map(({ name, value }): [string, string | null] => [name, value ?? null]);
  return { ...below(toRecord(found)), ...Object.fromEntries(own) };
}

/** `labels`, as a mapping or as a list of `key=value`. A key without a value is a label that is empty. */
export function labels(node: Node): Texts {
  const found = pairs(node, () => "");
  for (const { name, node: at } of found) {
    const prefix = reservedPrefix(name);
    if (prefix !== undefined) reportKey(at, `labels under ${prefix} are Fairlead's own`, "choose another prefix");
  }
  return toRecord(found);
}

export function reservedPrefix(label: string): string | undefined {
  return reservedLabels.find((reserved) => label.startsWith(reserved));
}

/** `annotations`, `sysctls` and the like, as a mapping or as a list of `key=value`. */
export function settings(node: Node): Readonly<Record<string, string>> {
  return toRecord(pairs(node, () => ""));
}

/** `driver_opts`: a mapping only. */
export function options(node: Node): Texts {
  const found = entries(node).map(([name, at]) => ({ name, node: at, value: scalarText(at) ?? undefined }));
  for (const { name, node: at } of found) if (name.includes("\0")) reportKey(at, nulFault, nulHint);
  return toRecord(found);
}

interface Pair {
  readonly name: string;
  readonly node: Node;
  readonly value: string | undefined;
}

function pairs(node: Node, withoutValue: (pair: Omit<Pair, "value">) => string | undefined): readonly Pair[] {
  const found = Array.isArray(node.value) ? fromList(node) : fromMapping(node);
  const seen = new Set<string>();
  for (const { name, node: at } of found) {
    if (name.trim() === "") reportKey(at, "the name before `=` is empty");
    else if (name.includes("\0")) reportKey(at, nulFault, nulHint);
    else if (name.trim() !== name) reportKey(at, "the name begins or ends with white space");
    if (seen.has(name)) {
      warn(at, at.place.key, "an earlier item of the list has the same name, and does not count", "remove one of them");
    }
    seen.add(name);
  }
  return found.map((pair) => (pair.value === undefined ? { ...pair, value: withoutValue(pair) } : pair));
}

function fromMapping(node: Node): readonly Pair[] {
  if (typeof node.value !== "object" || node.value === null) {
    wrongKind(node, "a mapping or a list of `name=value`");
    return [];
  }
  return entries(node).map(([name, at]) => {
    if (name.includes("=")) reportKey(at, "a name cannot contain `=`", "write `name: value`");
    return { name, node: at, value: at.value === null ? undefined : (scalarText(at) ?? "") };
  });
}

function fromList(node: Node): readonly Pair[] {
  return readAll(items(node), (item) => {
    if (typeof item.value !== "string") return wrongKind(item, "`name=value`");
    const pair = filledIn(item, item.value);
    if (pair === null) return null;
    const equals = pair.indexOf("=");
    if (equals >= 0) return { name: pair.slice(0, equals), node: item, value: pair.slice(equals + 1) };
    if (/:\s/.test(item.value)) return report(item, "an item of the list lacks `=`", "write `name=value`");
    return { name: pair, node: item, value: undefined };
  });
}

/** `Object.fromEntries` defines properties, so that a key `__proto__` is a key like any other. */
function toRecord(found: readonly Pair[]): Texts {
  return Object.fromEntries(found.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}
