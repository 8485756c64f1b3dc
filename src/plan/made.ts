import { networkHash } from "../spec/hash.js";
import type { ObservedNetwork, ObservedVolume } from "./observed.js";
import type { StepOf } from "./step.js";

/** What the engine would show of a network just made. */
export function networkMade(
  { network, project }: StepOf<"create-network">,
  id: string,
): readonly [name: string, ObservedNetwork] {
  const { name, driver = "bridge", driverOpts: options, internal, attachable = false } = network;
  const { enableIpv4: ipv4 = true, enableIpv6: ipv6 = false, ipam = { config: [] }, labels } = network;
  const hash = networkHash(network);
  return [name, { id, driver, options, internal, attachable, ipv4, ipv6, ipam, labels, project, hash, foreign: [] }];
}

export function volumeMade({ volume, project }: StepOf<"create-volume">): readonly [name: string, ObservedVolume] {
  const { name, driver = "local", driverOpts: options, labels } = volume;
  return [name, { driver, options, labels, project }];
}
