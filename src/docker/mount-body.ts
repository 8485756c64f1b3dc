import type { ContainerSpec, Mount } from "../spec/service.js";
import { defined } from "./defined.js";

/**
 * `Binds` makes a missing host path and labels for SELinux; only `Mounts` knows subpaths, recursion and anonymous
 * volumes, and it alone can tell a colon in a path from a separator. As Compose divides them.
 */
export function mountBody({ mounts, tmpfs }: ContainerSpec): object {
  const binds = mounts.filter(isBind);
  return {
    Binds: binds.map(bind),
    Mounts: mounts.filter((mount) => !binds.includes(mount)).map(longMount),
    ...defined({ Tmpfs: tmpfs }),
  };
}

function isBind({ type, source = "", target, createHostPath, bind, volume }: Mount): boolean {
  if (source === "" || source.includes(":") || target.includes(":")) return false;
  return type === "bind"
    ? createHostPath && bind?.recursive === undefined
    : type === "volume" && volume?.subpath === undefined;
}

function bind({ source = "", target, readOnly, bind: options, volume }: Mount): string {
  const modes = [readOnly ? "ro" : "rw", options?.selinux, options?.propagation, volume?.nocopy ? "nocopy" : undefined];
  return `${source}:${target}:${modes.filter((mode) => mode !== undefined).join(",")}`;
}

function longMount({ type, source, target, readOnly, createHostPath, bind: options, volume, tmpfs }: Mount): object {
  const bindOptions = defined({
    Propagation: options?.propagation,
    CreateMountpoint: createHostPath ? true : undefined,
    NonRecursive: options?.recursive === "disabled" ? true : undefined,
    ReadOnlyNonRecursive: options?.recursive === "writable" ? true : undefined,
    ReadOnlyForceRecursive: options?.recursive === "readonly" ? true : undefined,
  });
  return {
    Type: type,
    Target: target,
    ReadOnly: readOnly,
    ...defined({
      Source: source,
      BindOptions: Object.keys(bindOptions).length === 0 ? undefined : bindOptions,
      VolumeOptions: volume && defined({ NoCopy: volume.nocopy, Subpath: volume.subpath }),
      TmpfsOptions: tmpfs && defined({ SizeBytes: tmpfs.sizeBytes, Mode: tmpfs.mode }),
    }),
  };
}
