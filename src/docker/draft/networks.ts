import { isEmpty } from "../create/body.js";
import type { Declarations } from "./declarations.js";
import type { Subject } from "./survey.js";

/** `network_mode`, or the service's `networks`; nothing where it is the project's own default network, plainly. */
export function draftNetworks(subject: Subject, service: string, declarations: Declarations): object {
  const { mode, peer } = subject;
  if (peer !== undefined) return { network_mode: `container:${peer.name}` };
  if (["host", "none"].includes(mode)) return { network_mode: mode };
  if (["", "default", "bridge"].includes(mode)) return { network_mode: "bridge" };
  const { Id, Config } = subject.inspected;
  // Old engines list the host name and the beginning of the id as well.
  const known = new Set([service, subject.name, Id.slice(0, 12), Config?.Hostname]);
  const joined = Object.entries(subject.inspected.NetworkSettings?.Networks ?? {}).map(([network, endpoint]) => {
    const { Aliases, IPAMConfig, DriverOpts, GwPriority } = endpoint ?? {};
    const settings = Object.entries({
      aliases: [...new Set(Aliases ?? [])].filter((alias) => !known.has(alias)),
      ipv4_address: IPAMConfig?.IPv4Address,
      ipv6_address: IPAMConfig?.IPv6Address,
      link_local_ips: IPAMConfig?.LinkLocalIPs,
      driver_opts: DriverOpts,
      gw_priority: GwPriority,
    }).filter(([, value]) => !isEmpty(value));
    return [declarations.network(network), Object.fromEntries(settings)] as const;
  });
  const plain = joined.length === 1 && joined[0]?.[0] === "default" && isEmpty(joined[0][1]);
  return plain ? {} : { networks: Object.fromEntries(joined) };
}
