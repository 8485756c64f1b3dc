/*
 * What a file declares at its top level lives here. What a service makes of it does not.
 */

import { given } from "../../tools/present.js";
import { entries, quoted, quotedName, read, report, reportKey, suggestName, type Node } from "../document/node.js";
import { labels, options } from "../document/pairs.js";
import { boolean, filledText } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { networkKeys, volumeKeys } from "../keys/keys.js";
import type { NetworkSpec } from "../model/network.js";
import type { VolumeSpec } from "../model/mount.js";
import { quote } from "../../tools/quote.js";
import { withDevice } from "./device.js";
import { external, refuseBesideExternal } from "./external.js";
import { ipam } from "./ipam.js";

/** What a file declares at its top level, by key; null stands for a declaration with problems. */
export type Declared<T> = ReadonlyMap<string, T | null>;

const keyPattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/;

/** The top-level `networks`. `default` exists even if the file does not declare it. */
export function declaredNetworks(node: Node | undefined, project: string): Declared<NetworkSpec> {
  const implicit: NetworkSpec = {
    key: "default",
    name: `${project}_default`,
    external: false,
    driver: undefined,
    driverOpts: {},
    internal: false,
    labels: {},
  };
  return new Map([["default", implicit], ...declarations(node, (key, at) => network(key, at, project))]);
}

/** The top-level `volumes`. */
export function declaredVolumes(node: Node | undefined, project: string): Declared<VolumeSpec> {
  return new Map(declarations(node, (key, at) => volume(key, at, project)));
}

/** Finds a declaration; reports a key that has none. */
export function findDeclared<T>(
  node: Node,
  kind: "networks" | "volumes" | "configs" | "secrets",
  key: string,
  declared: Declared<T>,
): T | null {
  const found = declared.get(key);
  if (found !== undefined) return found;
  const hint = suggestName(key, declared.keys(), `declare it under the top-level \`${kind}\``);
  return report(node, `${quotedName(node, key)} names none of the declared ${kind}`, hint);
}

/** What a top-level section declares, in its order. */
export function declarations<T>(
  node: Node | undefined,
  decode: (key: string, node: Node) => T | null,
): readonly [string, T | null][] {
  if (node === undefined || node.value === null) return [];
  return entries(node).map(([key, at]) => {
    if (keyPattern.test(key)) return [key, decode(key, at)];
    reportKey(at, `${quote(key)} is not a valid name`, "use letters, digits, `.`, `_` and `-`");
    return [key, null];
  });
}

function network(key: string, node: Node, project: string): NetworkSpec {
  const empty = node.value === null;
  const field = empty ? () => undefined : fields(node, networkKeys);
  const { external: isExternal, name } = external(field("external"));
  if (isExternal) {
    const creation = [
      "driver",
      "driver_opts",
      "internal",
      "attachable",
      "enable_ipv4",
      "enable_ipv6",
      "ipam",
      "labels",
    ] as const;
    refuseBesideExternal(creation.map((each) => field(each)));
  }
  const optional = {
    attachable: read(field("attachable"), boolean),
    enableIpv4: read(field("enable_ipv4"), boolean),
    enableIpv6: read(field("enable_ipv6"), boolean),
    ipam: read(field("ipam"), ipam),
  };
  return {
    key,
    name: read(field("name"), engineName) ?? name ?? (isExternal ? key : `${project}_${key}`),
    external: isExternal,
    driver: read(field("driver"), networkDriver),
    driverOpts: read(field("driver_opts"), options) ?? {},
    internal: read(field("internal"), boolean) ?? false,
    ...given(optional),
    labels: read(field("labels"), labels) ?? {},
  };
}

/** Of one host's own. */
const localDrivers = ["bridge", "host", "none", "null", "macvlan", "ipvlan"];

function networkDriver(node: Node): string | null {
  const driver = filledText(node);
  if (driver === null || node.reading.engine !== "swarm" || !localDrivers.includes(driver)) return driver;
  const hint = "remove it, or write `overlay`; the host's own network is `network_mode: host`";
  return report(node, `a network of the driver ${quoted(node)} does not span the nodes`, hint);
}

function volume(key: string, node: Node, project: string): VolumeSpec {
  const field = node.value === null ? () => undefined : fields(node, volumeKeys);
  const { external: isExternal, name } = external(field("external"));
  if (isExternal) refuseBesideExternal([field("driver"), field("driver_opts"), field("labels")]);
  const driver = read(field("driver"), filledText);
  return {
    key,
    name: read(field("name"), engineName) ?? name ?? (isExternal ? key : `${project}_${key}`),
    external: isExternal,
    driver,
    driverOpts: withDevice(field("driver_opts"), driver, read(field("driver_opts"), options) ?? {}),
    labels: read(field("labels"), labels) ?? {},
  };
}

function engineName(node: Node): string | null {
  const name = filledText(node);
  if (name === null || keyPattern.test(name)) return name;
  return report(node, `${quoted(node)} is not a valid name`, "use letters, digits, `.`, `_` and `-`");
}
