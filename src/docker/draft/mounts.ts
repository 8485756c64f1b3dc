import type { MountedVolume } from "../adopt/volumes-of.js";
import { isEmpty } from "../create/body.js";

export interface DraftedMounts {
  readonly volumes: readonly object[];
  readonly tmpfs: readonly string[];
  /** Engine names of the volumes among them. */
  readonly named: readonly string[];
  /** Targets of which something could not be said. */
  readonly unsaid: readonly string[];
}

/** `keyOf` gives the file's key for the engine's name of a volume. */
export function draftMounts(
  mounts: Readonly<Record<string, MountedVolume>>,
  keyOf: (volume: string) => string,
): DraftedMounts {
  const all = Object.entries(mounts);
  const short = all.filter(([, { type, short: isShort }]) => type === "tmpfs" && isShort);
  const long = all.filter((mount) => !short.includes(mount)).map(([target, mount]) => draft(target, mount, keyOf));
  return {
    volumes: long.map(({ mount }) => mount),
    tmpfs: short.map(([target, { options }]) =>
      typeof options["tmpfs"] === "string" ? `${target}:${options["tmpfs"]}` : target,
    ),
    named: all.flatMap(([, { type, source }]) => (type === "volume" && source !== undefined ? [source] : [])),
    unsaid: long.flatMap(({ target, complete }) => (complete ? [] : [target])),
  };
}

function draft(target: string, mount: MountedVolume, keyOf: (volume: string) => string) {
  const { type, source, readOnly, short, options } = mount;
  const { Propagation, NoCopy, Subpath, SizeBytes, Mode, flags, ...others } = options;
  const selinux =
    Array.isArray(flags) && flags.length === 1 && /^[zZ]$/.test(String(flags[0])) ? String(flags[0]) : undefined;
  const parts = {
    bind: filled({
      propagation: Propagation,
      selinux,
      create_host_path: type === "bind" && !short ? false : undefined,
    }),
    volume: filled({ nocopy: NoCopy, subpath: Subpath }),
    tmpfs: filled({ size: SizeBytes, mode: Mode }),
  };
  const of = (kind: "bind" | "volume" | "tmpfs") =>
    type === kind && Object.keys(parts[kind]).length > 0 ? { [kind]: parts[kind] } : {};
  return {
    target,
    complete: isEmpty(others) && (isEmpty(flags) || selinux !== undefined),
    mount: {
      type,
      ...(source === undefined ? {} : { source: type === "volume" ? keyOf(source) : source }),
      target,
      ...(readOnly ? { read_only: true } : {}),
      ...of("bind"),
      ...of("volume"),
      ...of("tmpfs"),
    },
  };
}

function filled(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ""));
}
