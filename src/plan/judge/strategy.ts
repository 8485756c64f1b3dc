import type { NetworkAttachment } from "../../compose/model/network.js";
import type { VolumesOf } from "../../compose/model/container/options.js";
import { bondsOf, partnerOf } from "../../compose/model/relations.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import type { View } from "../model/view.js";
import { writtenTarget } from "../volumes/inheritance.js";

export interface Strategy {
  readonly order: "start-first" | "stop-first";
  readonly because: string;
}

/** Which of the two may run beside the other: what cannot be shared forces stop-first, then the file decides, then caution. */
export function strategyOf(spec: ServiceSpec, view: View): Strategy {
  const asked = spec.update.order === "start-first" ? ", though start-first was asked for" : "";
  const published = spec.container.ports
    .filter((port) => port.hostPort !== undefined)
    .map(({ hostPort, hostPortEnd }) => (hostPortEnd === undefined ? `${hostPort}` : `${hostPort}-${hostPortEnd}`));
  if (published.length > 0) {
    const gateless = spec.gateOf === undefined ? " and has no gate" : "";
    return { order: "stop-first", because: `publishes ${published.join(", ")}${gateless}${asked}` };
  }
  if (spec.containerName !== undefined) {
    return { order: "stop-first", because: `has the fixed name ${spec.containerName}${asked}` };
  }
  if (spec.networkMode?.kind === "host") {
    return { order: "stop-first", because: `opens its ports on the host itself${asked}` };
  }
  const owner = bondsOf(spec).find(({ shared }) => shared === "network");
  if (owner !== undefined) {
    return { order: "stop-first", because: `opens its ports in the network of ${partnerOf(owner)}${asked}` };
  }
  const fixed = spec.networks.map(fixedAddress).find((address) => address !== undefined);
  if (fixed !== undefined) return { order: "stop-first", because: `has the fixed address ${fixed}${asked}` };
  // A name is a choice, and who gives one may share it; of what goes on by itself nobody may know.
  const inherited = writtenTarget(spec, view);
  if (inherited !== undefined) return { order: "stop-first", because: `writes to its volume at ${inherited}${asked}` };
  if (spec.update.order !== "auto") return { order: spec.update.order, because: `is declared ${spec.update.order}` };
  const written = spec.container.mounts.find(
    (mount) => mount.type !== "tmpfs" && mount.source !== undefined && !mount.readOnly,
  );
  if (written?.source !== undefined) return { order: "stop-first", because: `writes to ${written.source}` };
  if (spec.onRollback !== undefined && spec.onRollback.length > 0) {
    return { order: "stop-first", because: "restores its data when a rollout fails" };
  }
  const taken = (spec.container.volumesFrom ?? []).findIndex((from) => !isReadOnly(from));
  const donor = bondsOf(spec).filter(({ shared }) => shared === "volumes")[taken];
  if (donor !== undefined) return { order: "stop-first", because: `writes to the volumes of ${partnerOf(donor)}` };
  const peer = bondsOf(spec).find(({ shared }) => shared === "ipc");
  if (peer !== undefined) return { order: "stop-first", because: `shares memory with ${partnerOf(peer)}` };
  return { order: "start-first", because: "publishes no host port and writes to no shared volume" };
}

function isReadOnly(from: string | VolumesOf): boolean {
  return typeof from === "object" ? from.readOnly : from.endsWith(":ro");
}

function fixedAddress({ settings }: NetworkAttachment): string | undefined {
  return settings?.ipv4Address ?? settings?.ipv6Address ?? settings?.linkLocalIps?.[0] ?? settings?.macAddress;
}
