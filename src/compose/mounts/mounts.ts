/*
 * What a service mounts lives here, configs and secrets as well. The volumes themselves are declarations.
 */

import { posix } from "node:path";
import { groupOf } from "../../tools/present.js";
import { findDeclared, type Declared } from "../declarations/declared.js";
import { hostPath } from "../document/host-path.js";
import { lastOfEach, sameTarget } from "../document/lists.js";
import { isMapping, quoted, read, report, reportKey, standing, wrongKind, type Node } from "../document/node.js";
import { boolean, choice, filledText, text } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { mountKeys } from "../keys/keys.js";
import type { Mount, VolumeSpec } from "../model/mount.js";
import { quote } from "../../tools/quote.js";
import { longBind, shortModes, tmpfsOptions, volumeOptions, type LongBind } from "./mount-options.js";

/** What the paths and volume names of a file refer to. */
export interface MountScope {
  readonly volumes: Declared<VolumeSpec>;
  /** The file says what follows when a mounted file changes (`x-fairlead.reload`). */
  readonly isTended?: boolean;
}

export interface DeclaredMount {
  readonly mount: Mount;
  /** The declared volume that it uses. */
  readonly volume: VolumeSpec | undefined;
}

/** A mount and the node that declared it. */
export interface WrittenMount extends DeclaredMount {
  readonly node: Node;
}

/** `volumes` of a service: short (`[source:]target[:mode]`) or long syntax. */
export function mounts(node: Node, scope: MountScope): readonly WrittenMount[] {
  const decode = (item: Node): WrittenMount | null => {
    const found = isMapping(item.value) ? longSyntax(item, scope) : shortSyntax(item, scope);
    return found && { ...found, node: item };
  };
  return lastOfEach(node, decode, ({ mount }) => mount.target, sameTarget);
}

function shortSyntax(node: Node, scope: MountScope): DeclaredMount | null {
  if (typeof node.value !== "string") return wrongKind(node, "a mount", 'write for example "./data:/data:ro"');
  const written = text(node);
  if (written === null) return null;
  const parts = written.split(":");
  const [source, target, mode] = parts.length === 1 ? [undefined, parts[0], undefined] : parts;
  if (parts.length > 3 || target === undefined || source === "") {
    return report(node, `${quoted(node)} is not a mount`, "write `source:target` or `source:target:ro`");
  }
  const modes = mode === undefined ? { readOnly: false } : shortModes(node, mode);
  const path = containerPath(node, target);
  if (path === null || modes === null) return null;
  const { bind: bindOptions, volume: volumeOnly, ...rest } = modes;
  const common = { target: path, ...rest };
  if (source !== undefined && /^[./~]/.test(source)) {
    if (volumeOnly !== undefined) return report(node, "`nocopy` belongs to volumes only", "remove it");
    return bind(node, scope, source, { ...common, createHostPath: true, ...under("bind", bindOptions) });
  }
  if (bindOptions?.propagation !== undefined)
    return report(node, "a propagation belongs to host paths only", "remove it");
  const volume = { ...common, ...under("volume", volumeOnly), ...under("bind", bindOptions) };
  return source === undefined ? anonymous(volume) : named(node, scope, source, volume);
}

/** Each has its own options, under a key of its name. */
const types = ["bind", "volume", "tmpfs"] as const;

function longSyntax(node: Node, scope: MountScope): DeclaredMount | null {
  const field = fields(node, mountKeys);
  if (field("type") === undefined) report(node, "`type` is missing", "it is bind, volume or tmpfs");
  if (field("target") === undefined) report(node, "`target` is missing", "it is the path in the container");
  const type = read(field("type"), mountType);
  const target = read(field("target"), (at) => {
    const path = filledText(at);
    return path === null ? null : containerPath(at, path);
  });
  const readOnly = read(field("read_only"), boolean) ?? false;
  const ofBind: LongBind = read(field("bind"), longBind) ?? {};
  const { createHostPath = true, ...bindOptions } = ofBind;
  const volumeOnly = read(field("volume"), volumeOptions);
  const tmpfs = read(field("tmpfs"), tmpfsOptions);
  const sourceNode = field("source");
  const source = read(sourceNode, filledText);
  for (const kind of types) {
    const at = field(kind);
    // As Compose prints `source:target:z` of a volume.
    const isLabel = kind === "bind" && type === "volume" && isLabelOnly(ofBind);
    if (at !== undefined && type !== undefined && type !== kind && !isLabel) {
      reportKey(at, `belongs to mounts of type ${kind} only`, "remove it");
    }
  }
  if (type === undefined || target === undefined || (sourceNode !== undefined && source === undefined)) return null;
  const rest = { target, readOnly };
  switch (type) {
    case "tmpfs":
      if (sourceNode !== undefined) return report(sourceNode, "a tmpfs mount has no source", "remove it");
      return {
        mount: { ...rest, type, source: undefined, createHostPath: false, ...under("tmpfs", tmpfs) },
        volume: undefined,
      };
    case "volume": {
      const volume = { ...rest, ...under("volume", volumeOnly), ...under("bind", groupOf(bindOptions)) };
      if (sourceNode !== undefined && source !== undefined) return named(sourceNode, scope, source, volume);
      if (volumeOnly?.subpath === undefined) return anonymous(volume);
      return report(node, "`source` is missing", "a volume without a name has no `subpath`");
    }
    case "bind":
      if (sourceNode === undefined || source === undefined) {
        return report(node, "`source` is missing", "it is a path on the host");
      }
      return bind(sourceNode, scope, source, { ...rest, createHostPath, ...under("bind", groupOf(bindOptions)) });
  }
}

function isLabelOnly({ selinux, ...others }: LongBind): boolean {
  return selinux !== undefined && Object.keys(others).length === 0;
}

const otherTypes: Readonly<Record<string, string>> = {
  image: "copy the files into the service's own image",
  npipe: "it exists on Windows only",
  cluster: "it has a meaning in a Swarm cluster only",
};

function mountType(node: Node): Mount["type"] | null {
  const hint =
    typeof node.value === "string"
      ? Object.hasOwn(otherTypes, node.value)
        ? otherTypes[node.value]
        : undefined
      : undefined;
  if (hint !== undefined) return report(node, `mounts of type ${quoted(node)} are not supported`, hint);
  return choice(node, types);
}

/** Absent options leave no key. */
function under<K extends string, T extends object>(key: K, options: T | undefined): { [key in K]?: T } {
  return (options === undefined ? {} : { [key]: options }) as { [key in K]?: T };
}

type Common = Omit<Mount, "type" | "source" | "createHostPath">;

function anonymous(common: Common): DeclaredMount {
  return { mount: { ...common, type: "volume", source: undefined, createHostPath: false }, volume: undefined };
}

function named(node: Node, scope: MountScope, key: string, common: Common): DeclaredMount | null {
  if (key.includes("/")) {
    return report(node, `${quoted(node)} names no volume`, "begin a host path with `./` or `/`");
  }
  const volume = findDeclared(node, "volumes", key, scope.volumes);
  if (volume === null) return null;
  return { mount: { ...common, type: "volume", source: volume.name, createHostPath: false }, volume };
}

function bind(
  node: Node,
  { isTended }: MountScope,
  path: string,
  common: Common & Pick<Mount, "createHostPath">,
): DeclaredMount | null {
  // A revision is on this host alone.
  if (node.reading.engine === "swarm" && node.reading.ground !== undefined && /^\.{1,2}(?:\/|$)/.test(path)) {
    return report(node, "no node has the files of the repository", "give them as `configs`, or write an absolute path");
  }
  const written = hostPath(node, path);
  const use = common.readOnly ? (isTended === true ? "tended" : "read") : "write";
  const source = written === null ? null : standing(node, written, use);
  return source === null ? null : { mount: { ...common, type: "bind", source }, volume: undefined };
}

/** Absolute and normal, and not the root itself. */
export function containerPath(node: Node, path: string): string | null {
  if (!path.startsWith("/")) {
    return report(node, `the target in ${quoted(node)} is not an absolute path`, `write for example ${quote("/data")}`);
  }
  const normal = posix.normalize(path);
  if (normal === "/") return report(node, "nothing can be mounted at the container's root");
  return normal.replace(/\/$/, "");
}
