import { options } from "../document/pairs.js";
import type { attachmentKeys } from "../keys/keys.js";
import { isMapping, items, type Node } from "../document/node.js";
import { decoded, eachOf, keysOf, text, texts, whole, writtenOf, type Pair, type Writer } from "./writer.js";

const attachment = keysOf<typeof attachmentKeys>({
  aliases: texts,
  driver_opts: decoded(options),
  gw_priority: whole,
  interface_name: text,
  ipv4_address: text,
  ipv6_address: text,
  link_local_ips: texts,
  mac_address: text,
  priority: whole,
});

const attachments = eachOf((node) => (node.value === null ? null : attachment(node)));

/** As a mapping. Nothing at all stands for `default`. */
export const networks: Writer = (node) => {
  const written = isMapping(node.value) ? attachments(node) : writtenOf(namesOf(node).map(joined));
  return isMapping(written) && Object.keys(written).length > 0 ? written : undefined;
};

function namesOf(node: Node): readonly string[] {
  return items(node).map((item) => text(item) ?? "");
}

function joined(name: string): Pair {
  return [name, null];
}
