import { filledIn, type Node } from "../document/node.js";
import type { Fields } from "./fields.js";
import type { serviceKeys } from "./keys.js";
import type { SupportedKey } from "./support.js";

type Key = SupportedKey<typeof serviceKeys>;

const optional: ReadonlySet<Key> = new Set([
  "cgroup_parent",
  "cpuset",
  "dns",
  "domainname",
  "hostname",
  "ipc",
  "mac_address",
  "network_mode",
  "pid",
  "platform",
  "restart",
  "runtime",
  "stop_signal",
  "user",
  "userns_mode",
  "uts",
  "working_dir",
] as const);

/** An empty text is as good as none, as Compose has it: so `platform: ${PLATFORM:-}` leaves the choice to the user. */
export function withoutEmptyTexts(field: Fields<typeof serviceKeys>): Fields<typeof serviceKeys> {
  return (key) => {
    const node = field(key);
    return node !== undefined && optional.has(key) && isEmpty(node) ? undefined : node;
  };
}

function isEmpty(node: Node): boolean {
  return typeof node.value === "string" && filledIn(node, node.value) === "";
}
