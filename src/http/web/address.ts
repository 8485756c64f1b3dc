import { BlockList, isIP } from "node:net";
import { FairleadError } from "../../errors.js";

export interface Address {
  /** An IP address without brackets, or a name. */
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port`, `[::1]:port` or `:port` (all IPv4 addresses). Throws ConfigInvalid that names the `setting`. */
export function parseAddress(text: string, setting: string): Address {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/i.exec(text);
  const [, ip, name, port = ""] = match ?? [];
  if (match === null || Number(port) > 65_535 || (ip !== undefined && isIP(ip) !== 6)) {
    throw new FairleadError("ConfigInvalid", `${setting}: ${JSON.stringify(text)} is not an address`, {
      remedy: "write host:port, such as 127.0.0.1:8421 or [::1]:8421",
      retry: "never",
    });
  }
  return { host: ip ?? (name === undefined || name === "" ? "0.0.0.0" : name), port: Number(port) };
}

export function formatAddress({ host, port }: Address): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether only this host can reach it. Of names, only `localhost` counts. */
export function isLoopback({ host }: Address): boolean {
  const loopback = new BlockList();
  loopback.addSubnet("127.0.0.0", 8, "ipv4");
  loopback.addAddress("::1", "ipv6");
  const family = isIP(host);
  return family === 0 ? host === "localhost" : loopback.check(host, family === 4 ? "ipv4" : "ipv6");
}
