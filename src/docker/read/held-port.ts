import type { HeldPort } from "../../plan/resources.js";

/** Empty where the engine chooses one: then nobody needs that very one. */
export function heldPort(hostIp: string | undefined, hostPort: string | undefined, protocol: string): HeldPort[] {
  if (!/^[1-9]\d*$/.test(hostPort ?? "") || (protocol !== "tcp" && protocol !== "udp" && protocol !== "sctp"))
    return [];
  return [{ protocol, hostPort: Number(hostPort), ...(hostIp ? { hostIp } : {}) }];
}
