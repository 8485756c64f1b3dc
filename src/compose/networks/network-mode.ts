import { didYouMean, quoted, read, report, reportKey, warn, type Node } from "../document/node.js";
import { text } from "../document/scalar.js";
import type { Fields } from "../keys/fields.js";
import type { serviceKeys } from "../keys/keys.js";
import type { NetworkMode } from "../model/network.js";
import { nearest } from "../../tools/suggest.js";

const words = ["host", "none", "bridge"] as const;

/** `network_mode`, which takes the place of `networks`. */
export function networkMode(field: Fields<typeof serviceKeys>): NetworkMode | undefined {
  const mode = read(field("network_mode"), modeOf);
  if (mode === undefined) return undefined;
  for (const key of excluded(mode)) {
    const at = field(key);
    if (at !== undefined) reportKey(at, `cannot stand beside \`network_mode: ${nameOf(mode)}\``, "remove one of them");
  }
  const published = field("ports");
  if (published !== undefined && hasNoPorts(mode)) {
    const why = mode.kind === "host" ? "what listens is reached on the host itself" : "nothing is reached from outside";
    warn(published, published.place.key, `has no effect beside \`network_mode: ${mode.kind}\``, `remove it: ${why}`);
  }
  return mode;
}

/** The engine drops what is to be published beside it. */
export function hasNoPorts(mode: NetworkMode | undefined): boolean {
  return mode?.kind === "host" || mode?.kind === "none";
}

function modeOf(node: Node): NetworkMode | null {
  const mode = text(node);
  if (mode === null) return null;
  const kind = words.find((word) => word === mode);
  if (kind !== undefined) return { kind };
  // The engine's own default is its bridge.
  if (mode === "default") return { kind: "bridge" };
  const [, other, name = ""] = /^(service|container):(.+)$/.exec(mode) ?? [];
  if (other === "service") return { kind: "service", service: name };
  if (other === "container") return { kind: "container", container: name };
  const known = [...words, "service:NAME", "container:NAME"];
  const meant = nearest(mode, words);
  const hint = meant === undefined ? "a network of its own stands under `networks`" : didYouMean(meant);
  return report(node, `${quoted(node)} is not one of ${known.join(", ")}`, hint);
}

/** What the engine refuses beside it, or what would not be what was meant. */
function excluded({ kind }: NetworkMode) {
  switch (kind) {
    case "bridge":
      return ["networks", "links"] as const;
    case "host":
    case "none":
      return ["networks", "links", "mac_address"] as const;
    case "service":
    case "container":
      return [
        "networks",
        "links",
        "ports",
        "expose",
        "hostname",
        "domainname",
        "dns",
        "dns_opt",
        "dns_search",
        "extra_hosts",
        "mac_address",
      ] as const;
  }
}

function nameOf(mode: NetworkMode): string {
  if (mode.kind === "service") return "service:…";
  return mode.kind === "container" ? "container:…" : mode.kind;
}
