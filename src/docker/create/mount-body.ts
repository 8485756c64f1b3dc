import type { Mount } from "../../compose/model/mount.js";
import type { ContainerSpec } from "../../compose/model/service.js";
import type { InheritedVolume } from "../../plan/model/step.js";
import { given } from "../../tools/present.js";

/**
 * `Binds` makes a missing host path and labels for SELinux; only `Mounts` knows subpaths, recursion and anonymous
 * volumes, and it alone can tell a colon in a path from a separator. As Compose divides them. An inherited volume that the
 * file asks for stands in `Mounts`, as a new one would; one that only an image has asked for in `Binds`: that is how they
 * are told apart again.
 */
export function mountBody({ mounts, tmpfs }: ContainerSpec, inherited: readonly InheritedVolume[] = []): object {
  const nameAt = (target: string) => inherited.find((volume) => volume.target === target)?.name;
  const declared = mounts.map((mount): Mount & { readonly anonymous: boolean } => {
    const anonymous = mount.type === "volume" && mount.source === undefined;
    return { ...mount, anonymous, source: anonymous ? nameAt(mount.target) : mount.source };
  });
  const ofImage = inherited
    .filter(({ target }) => !mounts.some((mount) => mount.target === target))
    .map(({ name: source, target, readOnly }): Mount => {
      return { type: "volume", source, target, readOnly, createHostPath: false };
    });
  const binds = declared.filter((mount) => !mount.anonymous && isBind(mount));
  const long = [...declared.filter((mount) => !binds.includes(mount)), ...ofImage.filter((mount) => !isBind(mount))];
  return {
    Binds: [...binds, ...ofImage.filter(isBind)].map(bind),
    Mounts: long.map(longMount),
    ...given({ Tmpfs: tmpfs }),
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
  const bindOptions = given({
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
    ...given({
      Source: source,
      BindOptions: Object.keys(bindOptions).length === 0 ? undefined : bindOptions,
      VolumeOptions: volume && given({ NoCopy: volume.nocopy, Subpath: volume.subpath }),
      TmpfsOptions: tmpfs && given({ SizeBytes: tmpfs.sizeBytes, Mode: tmpfs.mode }),
    }),
  };
}
