import { posix } from "node:path";

import { findDeclared, type Declared } from "./declared.js";
import { fields } from "./fields.js";
import { bindKeys, mountKeys } from "./keys.js";
import { isMapping, items, quoted, read, readAll, report, wrongKind, type Node } from "./node.js";
import { quote } from "./quote.js";
import { boolean, choice, filledText, text } from "./scalar.js";
import type { Mount, VolumeSpec } from "./service.js";

/** What the paths and volume names of a file refer to. */
export interface MountScope {
  readonly volumes: Declared<VolumeSpec>;
}

export interface DeclaredMount {
  readonly mount: Mount;
  /** The declared volume that it uses. */
  readonly volume: VolumeSpec | undefined;
}

/** `volumes` of a service: short (`[source:]target[:mode]`) or long syntax. */
export function mounts(node: Node, scope: MountScope): readonly DeclaredMount[] {
  const targets = new Set<string>();
  return readAll(items(node), (item) => {
    const found = isMapping(item.value) ? longSyntax(item, scope) : shortSyntax(item, scope);
    if (found === null) return null;
    if (targets.has(found.mount.target)) report(item, "another mount of this service has the same target");
    targets.add(found.mount.target);
    return found;
  });
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
  if (mode !== undefined && mode !== "ro" && mode !== "rw") {
    return report(node, "this mount mode is not supported yet", "`ro` and `rw` are");
  }
  const path = containerPath(node, target);
  if (path === null) return null;
  const common = { target: path, readOnly: mode === "ro" };
  if (source === undefined) return anonymous(common);
  if (/^[./~]/.test(source)) return bind(node, source, { ...common, createHostPath: true });
  return named(node, scope, source, common);
}

function longSyntax(node: Node, scope: MountScope): DeclaredMount | null {
  const field = fields(node, mountKeys);
  const typeNode = field("type");
  const targetNode = field("target");
  if (typeNode === undefined) report(node, "`type` is missing", "it is bind, volume or tmpfs");
  if (targetNode === undefined) report(node, "`target` is missing", "it is the path in the container");
  const type = read(typeNode, (at) => choice(at, ["bind", "volume", "tmpfs"] as const));
  const target = read(targetNode, (at) => {
    const path = filledText(at);
    return path === null ? null : containerPath(at, path);
  });
  const readOnly = read(field("read_only"), boolean) ?? false;
  const createHostPath = read(field("bind"), (at) => read(fields(at, bindKeys)("create_host_path"), boolean) ?? null);
  const sourceNode = field("source");
  const source = read(sourceNode, filledText);
  if (type !== "bind" && type !== undefined && field("bind") !== undefined) {
    report(node, "`bind` belongs to mounts of type bind only");
  }
  if (type === undefined || target === undefined || (sourceNode !== undefined && source === undefined)) return null;
  const rest = { target, readOnly };
  switch (type) {
    case "tmpfs":
      if (sourceNode !== undefined) return report(sourceNode, "a tmpfs mount has no source", "remove it");
      return { mount: { ...rest, type, source: undefined, createHostPath: false }, volume: undefined };
    case "volume":
      return sourceNode === undefined || source === undefined
        ? anonymous(rest)
        : named(sourceNode, scope, source, rest);
    case "bind":
      if (sourceNode === undefined || source === undefined) {
        return report(node, "`source` is missing", "it is a path on the host");
      }
      return bind(sourceNode, source, { ...rest, createHostPath: createHostPath ?? false });
  }
}

type Common = Pick<Mount, "target" | "readOnly">;

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

function bind(node: Node, path: string, common: Common & Pick<Mount, "createHostPath">): DeclaredMount | null {
  const source = hostPath(node, path);
  return source === null ? null : { mount: { ...common, type: "bind", source }, volume: undefined };
}

function hostPath(node: Node, path: string): string | null {
  const { directory } = node.reading;
  if (!path.startsWith("~")) return posix.resolve(directory, path);
  const home = node.reading.variables("HOME");
  if (path !== "~" && !path.startsWith("~/")) return report(node, "only `~/` is understood", "write the whole path");
  if (home === undefined || home === "") return report(node, "`~` needs the variable HOME", "write the whole path");
  return posix.resolve(directory, home, path.slice(2));
}

function containerPath(node: Node, path: string): string | null {
  if (!path.startsWith("/")) {
    return report(node, `the target in ${quoted(node)} is not an absolute path`, `write for example ${quote("/data")}`);
  }
  const normal = posix.normalize(path);
  if (normal === "/") return report(node, "nothing can be mounted at the container's root");
  return normal.replace(/\/$/, "");
}
