import { networkHash } from "../../compose/model/hash.js";
import type { Ipam, NetworkSpec } from "../../compose/model/network.js";
import type { VolumeSpec } from "../../compose/model/mount.js";
import type { ObservedNetwork, ObservedVolume } from "../model/host/host-snapshot.js";

type Texts = Readonly<Record<string, string>>;

/**
 * The keys of the declaration that the host's network does not have as declared; none: it is what the file says. Never
 * their values: options may hold secrets. A network of ours bears the hash of what it was made from; of any other one
 * only what the file does declare can be compared, for the rest is what some engine chose.
 */
export function networkDrift(spec: NetworkSpec, found: ObservedNetwork): readonly string[] {
  if (found.hash === networkHash(spec)) return [];
  const differences = keysOf({
    driver: spec.driver !== undefined && spec.driver !== found.driver,
    driver_opts: !contains(found.options, spec.driverOpts),
    internal: spec.internal !== found.internal,
    attachable: spec.attachable !== undefined && spec.attachable !== found.attachable,
    enable_ipv4: spec.enableIpv4 !== undefined && found.ipv4 !== undefined && spec.enableIpv4 !== found.ipv4,
    enable_ipv6: spec.enableIpv6 !== undefined && spec.enableIpv6 !== found.ipv6,
    ipam: spec.ipam !== undefined && !matches(spec.ipam, found.ipam),
    labels: !contains(found.labels, spec.labels),
  });
  return differences.length === 0 && found.hash !== undefined ? ["what it no longer declares"] : differences;
}

/** As for networks; a volume is never changed for it. */
export function volumeDrift(spec: VolumeSpec, found: ObservedVolume): readonly string[] {
  return keysOf({
    driver: (spec.driver ?? "local") !== found.driver,
    driver_opts: !contains(found.options, spec.driverOpts) || !contains(spec.driverOpts, found.options),
    labels: !contains(found.labels, spec.labels),
  });
}

function keysOf(differs: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.entries(differs).flatMap(([key, isSo]) => (isSo ? [key] : []));
}

function contains(all: Texts, some: Texts): boolean {
  return Object.entries(some).every(([key, value]) => all[key] === value);
}

function matches(declared: Ipam, found: Ipam): boolean {
  if (declared.driver !== undefined && declared.driver !== (found.driver ?? "default")) return false;
  if (!contains(found.options ?? {}, declared.options ?? {})) return false;
  return declared.config.every((pool) =>
    found.config.some(
      (other) =>
        (pool.subnet ?? other.subnet) === other.subnet &&
        (pool.ipRange ?? other.ipRange) === other.ipRange &&
        (pool.gateway ?? other.gateway) === other.gateway &&
        contains(other.auxAddresses ?? {}, pool.auxAddresses ?? {}),
    ),
  );
}
