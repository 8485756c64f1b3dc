import type { Found, Inspected } from "./host.js";
import { mountRequests } from "./mount-requests.js";

/** Paths of an answer of the engine, with what stands there: one entry for each leaf, lists as a whole. */
export type Fields = ReadonlyMap<string, unknown>;

/** What is another at each creation, or follows from other fields. */
const volatile =
  /^(Id|Created|State|ResolvConfPath|HostnamePath|HostsPath|LogPath|GraphDriver|Image(ManifestDescriptor)?\.(annotations|urls))(\.|$)|^NetworkSettings\.(?!Networks)|^NetworkSettings\.Networks\.[^/]+\/(NetworkID|EndpointID|DNSNames|Gateway|IPAddress|IPPrefixLen|IPv6Gateway|GlobalIPv6\w+)$/;

/** Lists that the engine treats as sets. */
const sets =
  /^(Config\.Env|HostConfig\.(Binds|CapAdd|CapDrop|GroupAdd|SecurityOpt|VolumesFrom|ExtraHosts|Devices|Ulimits|MaskedPaths|ReadonlyPaths)|.*\/Aliases)$/;

/** A container's fields, comparable with those of another of the same service. */
export function containerFields(container: Inspected, { containers }: Found): Fields {
  const ids = new Map([...containers].map(([key, { Id }]) => [String(Id), key]));
  const id = String(container["Id"]);
  const text = replacer(ids, id);
  const fields = new Map<string, unknown>();
  const { Mounts: mounts, ...rest } = container;
  collect(fields, "", rest, text);
  for (const mount of asList(mounts)) {
    collect(fields, `Mounts.${String(mount["Destination"])}`, anonymousAlike(mount), text);
  }
  for (const [target, request] of mountRequests(container)) collect(fields, `Requested.${target}`, request, text);
  return fields;
}

/** A network's or a volume's. */
export function plainFields(thing: Inspected): Fields {
  const { Id: _id, Created: _created, CreatedAt: _createdAt, Containers: _containers, ...rest } = thing;
  const fields = new Map<string, unknown>();
  collect(fields, "", rest, (value) => value);
  if (isPooled(fields.get("IPAM.Config"))) fields.delete("IPAM.Config");
  return fields;
}

/** A subnet of the engine's own choice is another each time; the corpus chooses all of its own outside these pools. */
function isPooled(config: unknown): boolean {
  return Array.isArray(config) && /"Subnet":"(172|192\.168)\./.test(JSON.stringify(config));
}

/** Ids become the names of services; a container's own short id becomes `<id>`. */
function replacer(ids: ReadonlyMap<string, string>, own: string): (text: string) => string {
  return (text) => {
    const known = text.replace(/[0-9a-f]{64}/g, (id) => ids.get(id) ?? id);
    return known === own.slice(0, 12) ? "<id>" : known;
  };
}

function collect(fields: Map<string, unknown>, path: string, value: unknown, text: (value: string) => string): void {
  if (volatile.test(path) || isNothing(value)) return;
  if (path === "Config.ExposedPorts" || path === "Config.Volumes") {
    // Sets, which the engine writes as mappings to nothing.
    fields.set(path, Object.keys(value as object).toSorted());
  } else if (Array.isArray(value)) {
    const items = value.map((item: unknown) => (typeof item === "string" ? text(item) : item));
    if (!sets.test(path)) fields.set(path, items);
    else {
      const named = items.filter((item) => item !== "<id>");
      if (named.length > 0)
        fields.set(
          path,
          named.toSorted((left, right) => order(left, right)),
        );
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) collect(fields, join(path, key), item, text);
  } else fields.set(path, typeof value === "string" ? text(value) : value);
}

/** Keys that a user chose may hold dots. */
function join(path: string, key: string): string {
  if (path === "") return key;
  return /^NetworkSettings\.Networks\.[^/]+$/.test(path) ? `${path}/${key}` : `${path}.${key}`;
}

/** The engine shows an absent list, map or object in several ways, all of which mean the same. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function anonymousAlike(mount: Inspected): Inspected {
  const anonymous = mount["Type"] === "volume" && /^[0-9a-f]{64}$/.test(String(mount["Name"]));
  return anonymous ? { ...mount, Name: "<anonymous>", Source: "<anonymous>" } : mount;
}

function asList(value: unknown): readonly Inspected[] {
  return Array.isArray(value) ? (value as Inspected[]) : [];
}

function order(left: unknown, right: unknown): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}
