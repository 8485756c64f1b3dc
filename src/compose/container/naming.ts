import { groupOf } from "../../tools/present.js";
import { oneOrMore, texts } from "../document/lists.js";
import { entries, items, quoted, read, readAll, report, warn, wrongKind, type Node } from "../document/node.js";
import { filledText, text } from "../document/scalar.js";
import type { Fields } from "../keys/fields.js";
import type { serviceKeys } from "../keys/keys.js";
import type { Naming } from "../model/container/options.js";
import { isIpAddress } from "../values/address.js";

/** What a container is called, and how it finds others. */
export function naming(field: Fields<typeof serviceKeys>): Naming | undefined {
  return groupOf({
    hostname: read(field("hostname"), hostName),
    domainname: read(field("domainname"), hostName),
    dns: read(field("dns"), servers),
    dnsOptions: read(field("dns_opt"), texts),
    dnsSearch: read(field("dns_search"), (at) => oneOrMore(at, text)),
    extraHosts: read(field("extra_hosts"), extraHosts),
  });
}

/** The kernel takes no more. */
const longestHostName = 64;
const namePattern = /^[a-zA-Z0-9](?:[a-zA-Z0-9_.-]{0,251}[a-zA-Z0-9])?$/;

/** The engine hands any text to the kernel: what is no name of a host is found by nobody, and does no harm. */
function hostName(node: Node): string | null {
  const written = filledText(node);
  if (written === null || namePattern.test(written)) return written;
  // A Swarm fills in what each task is.
  if (node.reading.engine === "swarm" && /\{\{.+\}\}/.test(written)) return written;
  const hint = "use letters, digits, `.` and `-`";
  if (written.length > longestHostName || /[\s\0]/.test(written)) {
    return report(node, `${quoted(node)} is not a host name`, hint);
  }
  warn(node, node.place.value, `${quoted(node)} is not a host name: nobody finds the container by it`, hint);
  return written;
}

/** An empty one is none, as Compose has it: so `dns: ["${DNS:-}"]` leaves the choice to the user. */
function servers(node: Node): readonly string[] | null {
  const found = oneOrMore(node, address);
  return found === null ? null : found.filter((server) => server !== "");
}

function address(node: Node): string | null {
  const written = text(node);
  if (written === null || written === "" || isIpAddress(written)) return written;
  return report(node, `${quoted(node)} is not an IP address`);
}

/** `extra_hosts`: a list of `host=address` or `host:address`, or a mapping with one address or several for each host. */
export function extraHosts(node: Node): readonly string[] {
  if (Array.isArray(node.value)) return readAll(items(node), fromText);
  return entries(node, "a list or a mapping").flatMap(([host, at]) => {
    const addresses = Array.isArray(at.value) ? items(at) : [at];
    return readAll(addresses, (item) => {
      const target = text(item);
      return target === null ? null : mapping(item, host, target);
    });
  });
}

function fromText(node: Node): string | null {
  if (typeof node.value !== "string") return wrongKind(node, "`host=address`");
  const written = text(node);
  if (written === null) return null;
  const [, host, target] = /^([^=:]+)[=:](.+)$/.exec(written) ?? [];
  if (host !== undefined && target !== undefined) return mapping(node, host, target);
  return report(node, `${quoted(node)} is not \`host=address\``, 'write for example "db=10.0.0.2"');
}

/** `host-gateway` stands for the host itself. */
function mapping(node: Node, host: string, written: string): string | null {
  const target = written.replace(/^\[(.*)\]$/, "$1");
  if (target !== "host-gateway" && !isIpAddress(target)) {
    return report(node, `${quoted(node)} names no IP address`, "an address, or `host-gateway`");
  }
  return namePattern.test(host) ? `${host}:${target}` : report(node, `${quoted(node)} names no host`);
}
