import { lookup as systemLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Whose addresses only some can reach; `public` is all others. */
export type Quarter = "public" | "private" | "loopback" | "link-local";

/** Where a question may go: an address of any of these; `anywhere` where the operator has named the host. */
export type Reach = "anywhere" | readonly Quarter[];

const quarters: readonly (readonly [Quarter, BlockList])[] = [
  ["loopback", blocks("127.0.0.0/8", "0.0.0.0/8", "::1/128", "::/128")],
  ["link-local", blocks("169.254.0.0/16", "fe80::/10", "fec0::/10")],
  [
    "private",
    blocks(
      ...["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15"],
      ...["224.0.0.0/4", "240.0.0.0/4", "fc00::/7", "ff00::/8", "64:ff9b:1::/48"],
    ),
  ],
];

/** Where an IPv4 address stands inside an IPv6 one: mapped, compatible, NAT64, 6to4. The number is its first group. */
const embedding: readonly (readonly [BlockList, number])[] = [
  [blocks("::ffff:0:0/96", "::/96", "64:ff9b::/96"), 6],
  [blocks("2002::/16"), 1],
];

/** Of an IP address, with or without a zone. What is no address is public: it is looked up first. */
export function quarterOf(address: string): Quarter {
  const bare = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  const family = isIP(bare) === 6 ? "ipv6" : "ipv4";
  if (isIP(bare) === 0) return "public";
  const own = quarters.find(([, list]) => list.check(bare, family))?.[0];
  if (own !== undefined || family === "ipv4") return own ?? "public";
  const first = embedding.find(([list]) => list.check(bare, "ipv6"))?.[1];
  return first === undefined ? "public" : quarterOf(embedded(bare, first));
}

/** Whom a server at this address may send us to: the public, and those who can reach it as we do. */
export function reachFrom(address: string | undefined): Reach {
  const quarter = address === undefined ? "public" : quarterOf(address);
  switch (quarter) {
    case "public":
      return ["public"];
    case "loopback":
      return ["public", "private", "loopback"];
    case "private":
    case "link-local":
      return ["public", quarter];
  }
}

export function isWithin(reach: Reach, address: string): boolean {
  return reach === "anywhere" || reach.includes(quarterOf(address));
}

/** The error of a host that has no address within reach. */
export const outOfReach = "EOUTOFREACH";

/**
 * Looks a name up and answers only addresses within reach; it is these that are connected to, so that no second look-up can
 * say something else.
 */
export function lookupWithin(reach: Reach): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, "", 0);
        return;
      }
      const allowed = found.filter(({ address }) => isWithin(reach, address));
      const [first] = allowed;
      if (first === undefined) callback(refusalOf(hostname), "", 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** A host that is written as an address is never looked up: it is judged as it stands. Throws as a look-up fails. */
export function assertWithin(reach: Reach, hostname: string): void {
  if (!isWithin(reach, hostname)) throw refusalOf(hostname);
}

function refusalOf(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} is out of reach`), { code: outOfReach });
}

function blocks(...subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [net = "", prefix = ""] = subnet.split("/");
    list.addSubnet(net, Number(prefix), isIP(net) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}

/** The IPv4 address in two groups of an IPv6 address. */
function embedded(address: string, first: number): string {
  // The URL parser writes an address in one way: eight groups, but for one `::`, and no dots.
  const written = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = [], tail] = written.split("::").map((part) => (part === "" ? [] : part.split(":")));
  const gap = tail === undefined ? [] : Array<string>(8 - left.length - tail.length).fill("0");
  const groups = [...left, ...gap, ...(tail ?? [])].map((group) => Number.parseInt(group, 16));
  return [groups[first], groups[first + 1]].flatMap((group = 0) => [group >> 8, group & 255]).join(".");
}
