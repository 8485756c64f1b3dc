import { isMapping } from "../document/node.js";
import { grantName, mountName, pairName, pathName, plainText, portName } from "./items.js";
import { mergeTrees, replaced, type Rule } from "./merge.js";
import { itemsOf, listOf, mappingOf, memberOf, membersOf, textAt, type Tree } from "./tree.js";

/** A list as a mapping by the names of its items; anything else as it is. */
function asMapping(entryOf: (item: Tree) => readonly [key: string, member: Tree] | undefined): (tree: Tree) => Tree {
  return (tree) => {
    if (!Array.isArray(tree.value)) return tree;
    const entries = itemsOf(tree).map(entryOf);
    const complete = entries.every((entry) => entry !== undefined);
    return complete ? mappingOf(tree, new Map(entries)) : tree;
  };
}

const unmarked = (tree: Tree): Tree => ({ ...tree, mark: undefined });

const nothing = (item: Tree): Tree => ({
  ...item,
  value: null,
  place: { ...item.place, plain: undefined, children: new Map() },
});

/** The item where its text is a key by now: as it stands in the file. */
function keyed(item: Tree, member: Tree): Tree {
  const { value } = item;
  const isTemplate = typeof value === "string" && value.includes("$");
  return isTemplate ? { ...member, place: { ...member.place, template: value.replace(/=.*/s, "") } } : member;
}

/** `NAME=value` with the value still to be filled in, unless the name is: then the whole has been, and stays so. */
function pairEntry(item: Tree): readonly [string, Tree] | undefined {
  const { value } = item;
  if (typeof value !== "string") return undefined;
  const isOpen = /^[^$=]*(?:=|$)/.test(value);
  const template = isOpen ? value : plainText(item)?.replaceAll("$", "$$$$");
  const equals = template?.indexOf("=") ?? -1;
  const known = (member: Tree) => (isOpen ? member : keyed(item, member));
  if (template === undefined || equals < 0)
    return template === undefined ? undefined : [template, known(nothing(item))];
  return [template.slice(0, equals), known(textAt(item, template.slice(equals + 1)))];
}

function named(member: (item: Tree) => Tree): (item: Tree) => readonly [string, Tree] | undefined {
  return (item) => {
    const name = plainText(item);
    return name === undefined ? undefined : [name, keyed(item, member(item))];
  };
}

/** `environment`, `labels` and the like: a mapping or a list of `NAME=value`. A later null counts: it means another value. */
const pairs: Rule = { normalize: asMapping(pairEntry), each: replaced, nameOf: pairName };

/** One text or a list of them. What is repeated stays: the last one wins. */
const repeatable: Rule = {
  normalize: (tree) => (typeof tree.value === "string" ? listOf(tree, [unmarked(tree)]) : tree),
};
/** One text or a list of them, each once. */
const texts: Rule = { ...repeatable, nameOf: plainText };
const files: Rule = { ...texts, nameOf: pathName };

const dependsOn: Rule = {
  nameOf: plainText,
  normalize: asMapping(named((item) => mappingOf(item, new Map([["condition", textAt(item, "service_started")]])))),
};

const attachments: Rule = {
  nameOf: plainText,
  normalize: asMapping(named(nothing)),
  each: { keys: { aliases: texts, link_local_ips: texts } },
};

/** Several addresses of one host are right: only what is the same is left out. */
const extraHosts: Rule = {
  merge: (base, over, budget) => {
    const isMarked = [base, over].some((tree) => [...membersOf(tree).values()].some(({ mark }) => mark !== undefined));
    // Only a mapping has members that can be taken away.
    const [before, after] = isMarked ? [hostMapping(base), hostMapping(over)] : [hostList(base), hostList(over)];
    return mergeTrees(before, after, { ...texts, each: texts }, budget);
  },
};

/** `host=address`, also of `host:address`. */
function hostEntry(item: Tree): Tree {
  return typeof item.value === "string" ? textAt(item, item.value.replace(/^([^:=$]+):/, "$1=")) : item;
}

function hostMapping(tree: Tree): Tree {
  if (!Array.isArray(tree.value)) return tree;
  const hosts = new Map<string, Tree[]>();
  for (const item of itemsOf(tree)) {
    const [host = "", address = item] = pairEntry(hostEntry(item)) ?? [];
    hosts.set(host, [...(hosts.get(host) ?? []), address]);
  }
  return mappingOf(tree, new Map([...hosts].map(([host, addresses]) => [host, listOf(unmarked(tree), addresses)])));
}

function hostList(tree: Tree): Tree {
  if (!isMapping(tree.value)) return Array.isArray(tree.value) ? listOf(tree, itemsOf(tree).map(hostEntry)) : tree;
  const hosts = [...membersOf(tree)].flatMap(([host, member]) =>
    (Array.isArray(member.value) ? itemsOf(member) : [member]).map((address) =>
      typeof address.value === "string" ? textAt(address, `${host.replaceAll("$", "$$$$")}=${address.value}`) : address,
    ),
  );
  return listOf(tree, hosts);
}

/** Options belong to their driver: another driver takes none of them over. */
const logging: Rule = {
  merge: (base, over, budget) => {
    const [before, after] = [plainText(memberOf(base, "driver")), plainText(memberOf(over, "driver"))];
    const differs = before !== undefined && after !== undefined && before !== after;
    return differs ? over : mergeTrees(base, over, undefined, budget);
  },
};

const build: Rule = {
  normalize: (tree) =>
    typeof tree.value === "string" ? mappingOf(tree, new Map([["context", unmarked(tree)]])) : tree,
  keys: {
    args: pairs,
    labels: pairs,
    additional_contexts: pairs,
    extra_hosts: extraHosts,
    tags: { nameOf: plainText },
    platforms: { nameOf: plainText },
    secrets: { nameOf: grantName("/run/secrets") },
  },
};

/** Pools are told apart by their subnet. */
const ipamConfig: Rule = {
  merge: (base, over, budget) => {
    if (!Array.isArray(base.value) || !Array.isArray(over.value)) return over.value === null ? base : over;
    const merged = [...itemsOf(base)];
    for (const item of itemsOf(over)) {
      const subnet = plainText(memberOf(item, "subnet"));
      const index = merged.findIndex(
        (other) => subnet !== undefined && plainText(memberOf(other, "subnet")) === subnet,
      );
      const same = merged[index];
      if (same === undefined) merged.push(item);
      else merged[index] = mergeTrees(same, item, undefined, budget);
    }
    return listOf(base, merged);
  },
};

/** Compose Specification, "Merge and override", and what Compose itself does where the text is silent. */
export const serviceRule: Rule = {
  keys: {
    annotations: pairs,
    build,
    cap_add: { nameOf: plainText },
    cap_drop: { nameOf: plainText },
    command: replaced,
    configs: { nameOf: grantName("/") },
    depends_on: dependsOn,
    deploy: { keys: { labels: pairs } },
    devices: { nameOf: mountName },
    dns: texts,
    dns_opt: texts,
    dns_search: texts,
    entrypoint: replaced,
    env_file: files,
    environment: pairs,
    expose: { nameOf: plainText },
    extra_hosts: extraHosts,
    healthcheck: { keys: { test: replaced } },
    label_file: repeatable,
    labels: pairs,
    links: { nameOf: plainText },
    logging,
    networks: attachments,
    ports: { nameOf: portName },
    profiles: { nameOf: plainText },
    secrets: { nameOf: grantName("/run/secrets") },
    sysctls: pairs,
    tmpfs: texts,
    volumes: { nameOf: mountName },
  },
};

export const documentRule: Rule = {
  keys: {
    services: { each: serviceRule },
    networks: { each: { keys: { labels: pairs, ipam: { keys: { config: ipamConfig } } } } },
    volumes: { each: { keys: { labels: pairs } } },
  },
};
