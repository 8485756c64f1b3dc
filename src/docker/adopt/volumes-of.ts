import { isEmpty, listOf, recordOf, textsOf } from "../create/body.js";
import type { Body } from "../create/body.js";

/** One mount in one form, whichever of the engine's four it was given in. */
export interface MountedVolume {
  readonly type: string;
  /** Absent: anonymous, or nothing to name. */
  readonly source: string | undefined;
  readonly readOnly: boolean;
  /** The source is created if it is missing: it was given in the short form. */
  readonly short: boolean;
  /** What else was said, by the engine's keys. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** All mounts by their target: `Volumes` (also the image's), `Binds`, `Mounts` and `Tmpfs`. */
export function volumesOf(body: Body): ReadonlyMap<string, MountedVolume> {
  const host = body.HostConfig ?? {};
  const anonymous = Object.keys(recordOf(body["Volumes"])).map((target): [string, MountedVolume] => [
    clean(target),
    { type: "volume", source: undefined, readOnly: false, short: true, options: {} },
  ]);
  const tmpfs = Object.entries(recordOf(host["Tmpfs"])).map(([target, options]): [string, MountedVolume] => [
    clean(target),
    {
      type: "tmpfs",
      source: undefined,
      readOnly: false,
      short: true,
      options: isEmpty(options) ? {} : { tmpfs: options },
    },
  ]);
  const binds = textsOf(host["Binds"]).map(bindOf);
  const mounts = listOf(host["Mounts"]).map((mount) => mountOf(recordOf(mount)));
  return new Map([...anonymous, ...tmpfs, ...binds, ...mounts]);
}

function bindOf(bind: string): [string, MountedVolume] {
  const [source = "", target, modes = ""] = bind.split(":");
  if (target === undefined)
    return [clean(source), { type: "volume", source: undefined, readOnly: false, short: true, options: {} }];
  const flags = modes.split(",").filter((flag) => !["", "rw", "ro", "rprivate"].includes(flag));
  const propagation = flags.find((flag) => /^r?(private|shared|slave)$/.test(flag));
  const others = flags.filter((flag) => flag !== propagation && flag !== "nocopy");
  return [
    clean(target),
    {
      type: source.startsWith("/") ? "bind" : "volume",
      source: named(source),
      readOnly: modes.split(",").includes("ro"),
      short: true,
      options: dropEmpty({ Propagation: propagation, NoCopy: flags.includes("nocopy"), flags: others.sort() }),
    },
  ];
}

function mountOf(mount: Readonly<Record<string, unknown>>): [string, MountedVolume] {
  const { BindOptions, VolumeOptions, TmpfsOptions } = mount;
  // The labels mark a volume that the engine makes with the container; Compose writes some of its own.
  const {
    CreateMountpoint,
    Propagation,
    Labels: _labels,
    ...options
  } = {
    ...recordOf(BindOptions),
    ...recordOf(VolumeOptions),
    ...recordOf(TmpfsOptions),
  };
  return [
    clean(text(mount["Target"])),
    {
      type: text(mount["Type"]),
      source: named(text(mount["Source"])),
      readOnly: mount["ReadOnly"] === true,
      short: mount["Type"] !== "bind" || CreateMountpoint === true,
      options: dropEmpty({ ...options, Propagation: Propagation === "rprivate" ? undefined : Propagation }),
    },
  ];
}

/** The engine names anonymous volumes by 64 digits; Compose hands them on when it replaces a container. */
function named(source: string): string | undefined {
  return source === "" || /^[0-9a-f]{64}$/.test(source) ? undefined : source.startsWith("/") ? clean(source) : source;
}

function clean(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function dropEmpty(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => !isEmpty(value)));
}
