import { isIP } from "node:net";
import { FairleadError } from "../errors.js";

/** Where a server listens. */
export interface Address {
  /** An IP address without brackets, or a name. */
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port`, `[::1]:port` or `:port` (all IPv4 addresses). Throws ConfigInvalid; its place is added by whoever knows it. */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s/]*)):(\d{1,5})$/i.exec(text);
  const [, ip, name, port = ""] = match ?? [];
  if (match === null || Number(port) > 65_535 || (ip !== undefined && isIP(ip) !== 6)) {
    throw new FairleadError("ConfigInvalid", `${JSON.stringify(text)} is not an address to listen on`, {
      remedy: "write host:port, such as 127.0.0.1:8421 or [::1]:8421",
      retry: "never",
    });
  }
  return { host: ip ?? (name === undefined || name === "" ? "0.0.0.0" : name), port: Number(port) };
}

export function formatAddress({ host, port }: Address): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}
