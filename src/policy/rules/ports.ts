import type { PortMapping } from "../../compose/model/service.js";
import { refusal, type Rule } from "../model/finding.js";

export const portRule: Rule = {
  key: "hostPorts",
  find: ({ service, permissions: { hostPorts } }) => {
    if (hostPorts === undefined) return [];
    return service.container.ports.flatMap((port, index) => {
      if (hostPorts.some((allowed) => permits(allowed, port))) return [];
      const { hostPort, hostPortEnd = hostPort, hostIp, protocol } = port;
      const shown =
        hostPort === undefined
          ? "a port of the host that nobody chooses"
          : `the host's port ${hostIp === undefined ? "" : `${hostIp}:`}${hostPort === hostPortEnd ? hostPort : `${hostPort}-${hostPortEnd}`}/${protocol}`;
      const ways = [["services", service.name, "ports", index]];
      const allowed = hostPort === undefined ? "write the host's port" : String(hostPort);
      return [refusal({ key: "hostPorts", ways, what: shown, allowed })];
    });
  },
};

/** `8080`, `8000-8099`, `127.0.0.1:8000-8099/tcp`. */
const portPattern = /^(?:(?:\[([\da-f:]+)\]|([\d.]+)):)?(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i;

/** Whether it names ports that there are. */
export function isPorts(text: string): boolean {
  const [, , , first = "", last = first] = portPattern.exec(text) ?? [];
  return first !== "" && Number(first) >= 1 && Number(first) <= Number(last) && Number(last) <= 65_535;
}

export function permits(allowed: string, port: PortMapping): boolean {
  const [, ip6, ip4, first = "", last = first, protocol] = portPattern.exec(allowed) ?? [];
  const address = ip6 ?? ip4;
  const { hostPort, hostPortEnd = hostPort } = port;
  if (first === "" || hostPort === undefined || hostPortEnd === undefined) return false;
  if (address !== undefined && address !== port.hostIp) return false;
  if (protocol !== undefined && protocol.toLowerCase() !== port.protocol) return false;
  return hostPort >= Number(first) && hostPortEnd <= Number(last);
}
