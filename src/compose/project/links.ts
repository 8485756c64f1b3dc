import { report } from "../document/node.js";
import type { ServiceSpec } from "../model/service.js";
import type { Link } from "../policy/links.js";
import { quote } from "../../tools/quote.js";
import type { Definition } from "./definition.js";

/**
 * The alias of a link is a name of the other service, on the networks that both join. The engine has names for all of a
 * network, not for one container: one that means something else to somebody there cannot be.
 */
export function withLinkAliases(definitions: readonly Definition[]): readonly ServiceSpec[] {
  const named = new Map(definitions.map(({ spec }) => [spec.name, spec]));
  for (const { spec, links } of definitions) {
    for (const link of links) {
      const target = named.get(link.service);
      if (target === undefined || link.alias === undefined) continue;
      named.set(target.name, aliased({ ...link, alias: link.alias }, spec, target, named));
    }
  }
  return [...named.values()];
}

function aliased(
  { node, alias }: Link & { readonly alias: string },
  { networks: own }: ServiceSpec,
  target: ServiceSpec,
  all: ReadonlyMap<string, ServiceSpec>,
): ServiceSpec {
  const joined = new Set(own.map(({ network }) => network.key));
  const common = target.networks.filter(({ network }) => joined.has(network.key)).map(({ network }) => network.key);
  if (common.length === 0) {
    report(
      node,
      `service ${quote(target.name)} is on no network of this service`,
      "let both join one under `networks`",
    );
    return target;
  }
  const other = [...all.values()].find(({ name, networks }) =>
    name === target.name
      ? false
      : networks.some(({ network, aliases }) => common.includes(network.key) && aliases.includes(alias)),
  );
  if (other !== undefined) {
    const what = `${quote(alias)} is a name of service ${quote(other.name)} on the same network`;
    report(node, what, "choose another alias");
    return target;
  }
  const networks = target.networks.map((attachment) =>
    common.includes(attachment.network.key)
      ? { ...attachment, aliases: [...new Set([...attachment.aliases, alias])] }
      : attachment,
  );
  return { ...target, networks };
}
