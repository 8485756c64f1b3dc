import { groupOf } from "../../tools/present.js";
import { quoted, read, report, suggestName, type Node } from "../document/node.js";
import { choice, filledText, text } from "../document/scalar.js";
import type { Fields } from "../keys/fields.js";
import type { serviceKeys } from "../keys/keys.js";
import type { ContainerOf, Namespaces } from "../model/container/options.js";

/** What a container shares with the host or with another container. */
export function namespaces(field: Fields<typeof serviceKeys>): Namespaces | undefined {
  return groupOf({
    ipc: read(field("ipc"), (at) => shared(at, ["none", "private", "shareable", "host"])),
    pid: read(field("pid"), (at) => shared(at, ["host"])),
    uts: read(field("uts"), (at) => choice(at, ["host"])),
    userns: read(field("userns_mode"), (at) => choice(at, ["host"])),
    cgroup: read(field("cgroup"), (at) => choice(at, ["host", "private"] as const)),
    cgroupParent: read(field("cgroup_parent"), filledText),
  });
}

/** One of the words, or another container's. */
function shared(node: Node, words: readonly string[]): string | ContainerOf | null {
  const mode = text(node);
  if (mode === null || words.includes(mode) || /^container:./.test(mode)) return mode;
  const [, service] = /^service:(.+)$/.exec(mode) ?? [];
  if (service !== undefined) return { service };
  return report(
    node,
    `${quoted(node)} is not one of ${[...words, "service:NAME", "container:NAME"].join(", ")}`,
    suggestName(mode, words, "the words are case-sensitive"),
  );
}
