/*
 * How a service is on its networks lives here. The networks themselves are declarations.
 */

import { groupOf } from "../../tools/present.js";
import { findDeclared, type Declared } from "../declarations/declared.js";
import { entries, items, quoted, read, readAll, report, type Node } from "../document/node.js";
import { filledText, integer, text } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { attachmentKeys } from "../keys/keys.js";
import type { EndpointSettings, NetworkAttachment, NetworkSpec } from "../model/network.js";
import { endpointSettings, macAddress } from "./endpoint-settings.js";

export interface AttachmentNodes {
  readonly networks: Node | undefined;
  /** The service's own: of the network that is joined first. */
  readonly macAddress: Node | undefined;
}

/**
 * `networks` of a service: a list, or a mapping with what it asks of each. None at all stands for `default`. In the order
 * in which they are joined: the highest priority first, then by name, as in Compose.
 */
export function attachments(
  nodes: AttachmentNodes,
  service: string,
  networks: Declared<NetworkSpec>,
): readonly NetworkAttachment[] {
  const { networks: node } = nodes;
  const written = node === undefined ? [] : Array.isArray(node.value) ? fromList(node) : fromMapping(node);
  const joined = written
    .toSorted((left, right) => right.priority - left.priority || (left.key < right.key ? -1 : 1))
    .map((attachment, index) => (index === 0 ? withMacAddress(attachment, nodes.macAddress) : attachment));
  for (const { settings, at } of joined.slice(1)) {
    if (settings?.macAddress === undefined) continue;
    report(at, "only the network that is joined first can have a MAC address", "give it the highest `priority`");
  }
  if (joined.length === 0) {
    const network = networks.get("default") ?? null;
    const settings = groupOf({ macAddress: read(nodes.macAddress, macAddress) });
    return network === null ? [] : [{ network, aliases: [service], ...(settings === undefined ? {} : { settings }) }];
  }
  return joined.flatMap(({ key, aliases, priority, settings, at }) => {
    const network = findDeclared(at, "networks", key, networks);
    if (network === null) return [];
    return [
      {
        network,
        aliases: [...new Set([service, ...aliases])],
        ...(priority === 0 ? {} : { priority }),
        ...(settings === undefined ? {} : { settings }),
      },
    ];
  });
}

interface Written {
  readonly key: string;
  readonly aliases: readonly string[];
  readonly priority: number;
  readonly settings: EndpointSettings | undefined;
  readonly at: Node;
}

function fromList(node: Node): readonly Written[] {
  const seen = new Set<string>();
  return readAll(items(node), (at) => {
    const key = text(at);
    if (key === null) return null;
    if (seen.has(key)) return report(at, `${quoted(at)} is given twice`, "remove one of them");
    seen.add(key);
    return { key, aliases: [], priority: 0, settings: undefined, at };
  });
}

function fromMapping(node: Node): readonly Written[] {
  return entries(node, "a list or a mapping").map(([key, at]) => {
    if (at.value === null) return { key, aliases: [], priority: 0, settings: undefined, at };
    const field = fields(at, attachmentKeys);
    return {
      key,
      aliases: read(field("aliases"), (list) => readAll(items(list), filledText)) ?? [],
      priority: read(field("priority"), (value) => integer(value, -2_147_483_648, 2_147_483_647)) ?? 0,
      settings: endpointSettings(field),
      at,
    };
  });
}

function withMacAddress(attachment: Written, node: Node | undefined): Written {
  const address = read(node, macAddress);
  if (node === undefined || address === undefined) return attachment;
  const own = attachment.settings?.macAddress;
  if (own !== undefined && own !== address) report(node, "differs from the one of the network that is joined first");
  return { ...attachment, settings: { ...attachment.settings, macAddress: address } };
}
