import { isLoopback } from "../../tools/loopback.js";
import { wrongAt } from "../../tools/placed.js";

/** An address that a token is sent to: over plain HTTP only on this host or in its own network. Throws FairleadError `ConfigInvalid`. */
export function addressAt(written: string, place: () => string): string {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const { protocol = "", username = "", password = "", hash = "", hostname = "" } = url ?? {};
  if (username + password !== "") {
    throw wrongAt(place(), "a login has no place in it", "write tokenFile, and put the token into that file");
  }
  if (!/^https?:$/.test(protocol) || hash !== "") {
    throw wrongAt(place(), "it is no address", `write it with its scheme, such as ${exampleOf(written)}`);
  }
  const host = hostname.replace(/^\[|\]$/g, "");
  if (protocol === "https:" || isLoopback(host) || isNear(host)) return written;
  throw wrongAt(place(), "its token would be sent in the clear", "write an https:// address");
}

/** Where it only lacks the scheme, the same with one. */
function exampleOf(written: string): string {
  return /^[\w-]+(?:\.[\w-]+)+(?::\d+)?$/.test(written) ? `https://${written}` : "https://gitlab.example.org";
}

function isNear(host: string): boolean {
  return (
    !host.includes(".") ||
    /^(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.|\.(?:lan|local|internal|home\.arpa)$/.test(host)
  );
}
