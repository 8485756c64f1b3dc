import { hostname } from "node:os";
import { settings } from "../../config/settings.js";
import { asFairleadError, FairleadError } from "../../errors.js";
import { formatAddress, parseAddress } from "../../tools/address.js";
import { given } from "../../tools/present.js";

export interface Listening {
  /** Where the internet reaches the hooks. Absent: nobody has said. */
  readonly externalUrl: string | undefined;
  /** `host:port`. */
  readonly hooksListen: string;
  /** The hooks are taken over TLS. */
  readonly isSecure: boolean;
}

/**
 * Where senders reach the hooks, without a slash at its end. Senders are elsewhere: an address that stands for all of this
 * host is told by the host's name.
 */
export function hooksUrl({ externalUrl, hooksListen, isSecure }: Listening): string {
  if (externalUrl !== undefined) return externalUrl.replace(/\/+$/, "");
  const { host, port } = parseAddress(hooksListen);
  const named = host === "0.0.0.0" || host === "::" ? hostname() : host;
  return `${isSecure ? "https" : "http"}://${formatAddress({ host: named, port })}`;
}

/** What `externalUrl` may be, as a flag has it. Throws FairleadError ConfigInvalid with the flag. */
export function siteUrl(flag: string, written: string): string {
  try {
    return settings.externalUrl.kind.read(written);
  } catch (cause) {
    const { message, remedy } = asFairleadError(cause);
    throw new FairleadError("ConfigInvalid", `${flag}: ${message}`, { cause, ...given({ remedy }) });
  }
}
