import { report, warn, type Node } from "../document/node.js";
import type { Mount, VolumeSpec } from "../model/mount.js";
import { quote } from "../../tools/quote.js";
import type { Asked } from "./asked.js";
import { isPinned } from "./placement.js";

/** A mount of a service, and where the file says so. */
export interface PlacedMount {
  readonly mount: Mount;
  readonly volume: VolumeSpec | undefined;
  readonly node: Node;
}

const pin = "pin it under `deploy.placement.constraints`, as `node.labels.KEY == VALUE` or `node.hostname == NAME`";

/** What is mounted of a node has to be there, wherever a task may run. */
export function checkMounts(mounts: readonly PlacedMount[], { mode = "replicated", placement }: Asked): void {
  const isKnown = placement !== undefined && isPinned(placement);
  for (const { mount, volume, node } of mounts) {
    checkOptions(mount, node);
    if (mount.type === "bind") checkBind(mount, node, isKnown || mode.startsWith("global"));
    else if (mount.type === "volume" && mount.source === undefined) {
      const hint = "give it a name under the top-level `volumes`, or write a tmpfs";
      report(
        node,
        "each container on a Swarm gets a new volume where it has no name: what is in it would be lost",
        hint,
      );
    } else if (volume !== undefined && !mount.readOnly && isLocal(volume) && !isKnown && mode === "replicated") {
      warn(node, node.place.value, `each node has a volume ${quote(volume.key)} of its own`, pin);
    }
  }
}

/** Paths that a Linux node with an engine has. */
const everywhere = [
  ...["/dev", "/proc", "/sys", "/run", "/var/run", "/var/lib/docker", "/var/log", "/lib/modules"],
  ...["/etc/hostname", "/etc/localtime", "/etc/machine-id", "/etc/os-release", "/etc/timezone"],
];

function checkBind({ source = "" }: Mount, node: Node, isKnown: boolean): void {
  if (isKnown || source === "/" || everywhere.some((path) => source === path || source.startsWith(`${path}/`))) return;
  report(node, `a node on which it comes to run may not have ${quote(source)}`, pin);
}

function checkOptions({ bind }: Mount, node: Node): void {
  if (bind?.selinux !== undefined && typeof node.value === "string") {
    report(node, "a Swarm labels no path for SELinux", "label the path on the nodes yourself");
  }
  if (bind?.recursive === "writable" || bind?.recursive === "readonly") {
    report(node, `a Swarm has no word for \`recursive: ${bind.recursive}\``, "write enabled or disabled");
  }
}

/** A file system of the network is the same from everywhere. */
function isLocal({ driver = "local", driverOpts }: VolumeSpec): boolean {
  return driver === "local" && !/^(?:nfs4?|cifs|smb3)$/.test(driverOpts["type"] ?? "");
}
