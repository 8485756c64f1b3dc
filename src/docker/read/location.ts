import type { NetworkLocation } from "../../plan/model/host/location.js";
import type { InspectedContainer } from "../client/schema.js";

/** Of a running container: one that does not run has no addresses. */
export function locationOf({ HostConfig, NetworkSettings }: InspectedContainer): NetworkLocation {
  const mode = HostConfig?.NetworkMode ?? "";
  if (mode === "host") return { kind: "host" };
  if (mode.startsWith("container:")) return { kind: "container", container: mode.slice("container:".length) };
  const addresses = Object.entries(NetworkSettings?.Networks ?? {}).flatMap(([network, endpoint]) => {
    const address = endpoint?.IPAddress || endpoint?.GlobalIPv6Address;
    return endpoint && address ? [{ networkId: endpoint.NetworkID ?? network, network, address }] : [];
  });
  return addresses.length === 0 ? { kind: "none" } : { kind: "networks", addresses };
}
