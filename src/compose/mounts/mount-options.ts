import { given, groupOf } from "../../tools/present.js";
import { fileMode } from "../document/file-mode.js";
import { matching } from "../document/lists.js";
import { didYouMean, quoted, read, report, warn, type Node } from "../document/node.js";
import { boolean, byteSize, choice } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { bindKeys, tmpfsOptionKeys, volumeOptionKeys } from "../keys/option-keys.js";
import type { BindOptions, TmpfsOptions, VolumeOptions } from "../model/mount.js";
import { nearest } from "../../tools/suggest.js";

const propagations = ["private", "rprivate", "shared", "rshared", "slave", "rslave"] as const;
const selinuxLabels = ["z", "Z"] as const;
/** For Docker Desktop on a Mac. */
const consistencies = ["consistent", "cached", "delegated"];

export interface ShortModes {
  readonly readOnly: boolean;
  readonly bind?: BindOptions;
  readonly volume?: VolumeOptions;
}

/** The third part of `source:target:modes`. */
export function shortModes(node: Node, written: string): ShortModes | null {
  const modes = written.split(",");
  const propagation = propagations.find((known) => modes.includes(known));
  const selinux = selinuxLabels.find((known) => modes.includes(known));
  const known: readonly string[] = ["ro", "rw", "nocopy", ...propagations, ...selinuxLabels, ...consistencies];
  const unknown = modes.find((mode) => !known.includes(mode));
  if (unknown !== undefined) {
    const meant = nearest(unknown, known);
    const hint = meant === undefined ? "ro, rw, z, Z, nocopy or a propagation such as rslave" : didYouMean(meant);
    return report(node, `${quoted(node)} ends in an unknown mode`, hint);
  }
  if (modes.some((mode) => consistencies.includes(mode))) {
    warn(node, node.place.value, "its consistency has no effect here", "it has none on Linux");
  }
  const bind = groupOf({ propagation, selinux });
  return given({
    readOnly: modes.includes("ro"),
    bind,
    volume: modes.includes("nocopy") ? { nocopy: true } : undefined,
  });
}

export interface LongBind extends BindOptions {
  readonly createHostPath?: boolean;
}

export function longBind(node: Node): LongBind {
  const field = fields(node, bindKeys);
  const createHostPath = read(field("create_host_path"), boolean);
  const selinux = read(field("selinux"), (at) => choice(at, selinuxLabels));
  const recursive = read(field("recursive"), (at) =>
    choice(at, ["enabled", "disabled", "writable", "readonly"] as const),
  );
  const labelled = field("selinux");
  if (labelled !== undefined && (createHostPath === false || (recursive ?? "enabled") !== "enabled")) {
    report(
      labelled,
      "cannot stand beside `create_host_path: false` or `recursive`",
      "the engine labels plain binds only",
    );
  }
  const propagation = read(field("propagation"), (at) => choice(at, propagations));
  return given({ createHostPath, propagation, recursive, selinux });
}

export function volumeOptions(node: Node): VolumeOptions | null {
  const field = fields(node, volumeOptionKeys);
  const relative = /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))/;
  return (
    groupOf({
      nocopy: read(field("nocopy"), boolean),
      subpath: read(field("subpath"), (at) => matching(at, relative, "a path within the volume")),
    }) ?? null
  );
}

export function tmpfsOptions(node: Node): TmpfsOptions | null {
  const field = fields(node, tmpfsOptionKeys);
  return groupOf({ sizeBytes: read(field("size"), byteSize), mode: read(field("mode"), fileMode) }) ?? null;
}
