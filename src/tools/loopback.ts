import { BlockList, isIP } from "node:net";

const addresses = new BlockList();
addresses.addSubnet("127.0.0.0", 8, "ipv4");
addresses.addAddress("::1", "ipv6");

/**
 * Whether an IP address (without brackets) or a host name is this machine's loopback: 127.0.0.0/8, also inside an IPv6
 * address, and `::1`. Of names only `localhost` is: none is looked up.
 */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === "localhost";
  return addresses.check(host, family === 4 ? "ipv4" : "ipv6");
}
