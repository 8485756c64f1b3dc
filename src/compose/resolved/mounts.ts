import { fileMode } from "../document/file-mode.js";
import { isMapping } from "../document/node.js";
import type { configGrantKeys } from "../keys/declaration-keys.js";
import type { Mount } from "../model/mount.js";
import type { ContentSection } from "../mounts/contents.js";
import { mounts, type DeclaredMount, type MountScope } from "../mounts/mounts.js";
import { digits, keysOf, listOf, text, writtenOf, type Writer, type WrittenMapping } from "./writer.js";

/** Long syntax. */
export function mountsIn(scope: MountScope): Writer {
  return (node) => mounts(node, scope).map(mount);
}

function mount({ mount: { type, source, target, readOnly, ...rest }, volume }: DeclaredMount): WrittenMapping {
  return writtenOf([
    ["type", type],
    ["source", volume?.key ?? source],
    ["target", target],
    ["read_only", readOnly ? true : undefined],
    ["bind", bindOf(type, rest)],
    ["volume", type === "volume" ? { ...rest.volume } : undefined],
    ["tmpfs", rest.tmpfs === undefined ? undefined : tmpfsOf(rest.tmpfs)],
  ]);
}

function bindOf(type: Mount["type"], { bind, createHostPath }: Pick<Mount, "bind" | "createHostPath">) {
  const options = writtenOf(Object.entries({ ...bind }));
  return type === "bind" ? { ...options, create_host_path: createHostPath } : bind && options;
}

function tmpfsOf({ sizeBytes, mode }: NonNullable<Mount["tmpfs"]>): WrittenMapping {
  return writtenOf([
    ["size", sizeBytes === undefined ? undefined : String(sizeBytes)],
    ["mode", mode],
  ]);
}

function octal(mode: number): string {
  return `0${mode.toString(8)}`;
}

const grant = keysOf<typeof configGrantKeys>({
  source: text,
  target: text,
  uid: digits,
  gid: digits,
  mode: (node) => {
    const mode = fileMode(node);
    return mode === null ? undefined : octal(mode);
  },
});

/** Long syntax; where a secret's file stands is written out. */
export function grants(section: ContentSection): Writer {
  const place = (source: string) => (section === "secrets" ? { target: `/run/secrets/${source}` } : {});
  return listOf((node) => {
    const written = isMapping(node.value) ? grant(node) : writtenOf([["source", text(node)]]);
    const { source } = written;
    return typeof source === "string" ? { ...place(source), ...written } : undefined;
  });
}
