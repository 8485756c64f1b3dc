import type { Declared } from "../declarations/declared.js";
import { labels as labelsOf } from "../document/pairs.js";
import { hostPath } from "../document/host-path.js";
import { entries, isMapping, read, type Node } from "../document/node.js";
import type { configKeys, secretExtensionKeys, secretKeys } from "../keys/declaration-keys.js";
import type { Ipam, NetworkSpec } from "../model/network.js";
import type { VolumeSpec } from "../model/mount.js";
import {
  extensions,
  decoded,
  keysOf,
  onSwarm,
  text,
  truth,
  writtenOf,
  type Pair,
  type Writer,
  type Written,
  type WrittenMapping,
} from "./writer.js";

/** Of each network that is declared, and of `default` where it is joined. */
export function writtenNetworks(networks: readonly NetworkSpec[], node: Node | undefined): WrittenMapping {
  return declared(
    networks.map(({ key, ...spec }) => [key, network(spec)]),
    node,
  );
}

export function writtenVolumes(volumes: Declared<VolumeSpec>, node: Node | undefined): WrittenMapping {
  return declared(
    [...volumes].flatMap(([key, spec]): Pair[] => (spec === null ? [] : [[key, volume(spec)]])),
    node,
  );
}

/** Without any contents but those that stand in the file itself. */
export function writtenContents(project: string, node: Node | undefined, write: Writer): WrittenMapping {
  const found = node === undefined || node.value === null ? [] : entries(node);
  return writtenOf(
    found.map(([key, at]) => {
      const written = asMapping(write(at));
      return [key, { name: written["external"] === true ? key : `${project}_${key}`, ...written }];
    }),
  );
}

function declared(specs: readonly Pair[], node: Node | undefined): WrittenMapping {
  const nodes = new Map(node !== undefined && isMapping(node.value) ? entries(node) : []);
  return writtenOf(
    specs.map(([key, spec]) => {
      const at = nodes.get(key);
      return [key, { ...asMapping(spec), ...(at === undefined ? {} : writtenOf(extensions(at))) }];
    }),
  );
}

function asMapping(value: Written | undefined): WrittenMapping {
  return isMapping(value) ? value : {};
}

function network(spec: Omit<NetworkSpec, "key">): WrittenMapping {
  const { name, external, driver, driverOpts, internal, attachable, enableIpv4, enableIpv6, ipam, labels } = spec;
  return writtenOf([
    ["name", name],
    ["external", external ? true : undefined],
    ["driver", driver],
    ["driver_opts", filled(driverOpts)],
    ["ipam", ipam === undefined ? undefined : pools(ipam)],
    ["internal", internal ? true : undefined],
    ["attachable", attachable],
    ["labels", filled(labels)],
    ["enable_ipv4", enableIpv4],
    ["enable_ipv6", enableIpv6],
  ]);
}

function pools({ driver, options, config }: Ipam): WrittenMapping {
  return writtenOf([
    ["driver", driver],
    ["options", options],
    [
      "config",
      config.length === 0
        ? undefined
        : config.map(({ subnet, gateway, ipRange, auxAddresses }) =>
            writtenOf([
              ["subnet", subnet],
              ["gateway", gateway],
              ["ip_range", ipRange],
              ["aux_addresses", auxAddresses],
            ]),
          ),
    ],
  ]);
}

function volume({ name, external, driver, driverOpts, labels }: VolumeSpec): WrittenMapping {
  return writtenOf([
    ["name", name],
    ["external", external ? true : undefined],
    ["driver", driver],
    ["driver_opts", filled(driverOpts)],
    ["labels", filled(labels)],
  ]);
}

function filled(texts: Readonly<Record<string, string>>): WrittenMapping | undefined {
  return Object.keys(texts).length === 0 ? undefined : texts;
}

const file: Writer = (node) => read(node, (at) => hostPath(at, text(at) ?? ""));

const stored = { external: onSwarm(truth), labels: onSwarm(decoded(labelsOf)) };

export const config = keysOf<typeof configKeys>({ file, environment: text, content: text, name: text, ...stored });
const told = keysOf<typeof secretExtensionKeys>({ command: text, argument: text });
export const secret = keysOf<typeof secretKeys>({
  ...{ file, environment: text, name: text, "x-fairlead": told },
  ...stored,
});
