import type { Inspected } from "./host.js";

/**
 * What a container asks to have mounted, by its target. The engine takes one and the same wish in three forms:
 * `Volumes` (anonymous ones), `Binds` and `Mounts`; here they look alike.
 */
export function mountRequests({ HostConfig, Config }: Inspected): ReadonlyMap<string, Inspected> {
  const hostConfig = HostConfig as Inspected;
  const { Volumes } = Config as { readonly Volumes?: object | null };
  const binds = (hostConfig["Binds"] ?? []) as readonly string[];
  const mounts = (hostConfig["Mounts"] ?? []) as readonly Inspected[];
  const anonymous = Object.keys(Volumes ?? {}).map((target): [string, Inspected] => [target, plainVolume]);
  return new Map([...anonymous, ...binds.map(fromBind), ...mounts.map(fromMount)]);
}

const plainVolume = { Type: "volume", ReadOnly: false };

function fromBind(bind: string): [string, Inspected] {
  const [source = "", target = "", mode = ""] = bind.split(":");
  const modes = mode.split(",").filter((word) => word !== "" && word !== "rw");
  const isPath = source.startsWith("/");
  const request = {
    Type: isPath ? "bind" : "volume",
    // With a slash at its end or without one, a path is the same.
    Source: isPath ? source.replace(/(.)\/$/, "$1") : source,
    ReadOnly: modes.includes("ro"),
    ...(isPath ? { CreateMountpoint: true } : {}),
    Modes: modes.filter((word) => word !== "ro"),
  };
  return [target, request];
}

function fromMount(mount: Inspected): [string, Inspected] {
  const { Target, BindOptions: bind, VolumeOptions: volume, TmpfsOptions: tmpfs, ImageOptions: image, ...rest } = mount;
  const { Propagation, CreateMountpoint, ...bindRest } = (bind ?? {}) as Inspected;
  const { NoCopy, ...volumeRest } = (volume ?? {}) as Inspected;
  const modes = [...(NoCopy === true ? ["nocopy"] : []), ...(typeof Propagation === "string" ? [Propagation] : [])];
  const options = { ...bindRest, ...volumeRest, ...(tmpfs as object), ...(image as object) };
  const request = { ReadOnly: false, ...rest, ...(CreateMountpoint === true ? { CreateMountpoint } : {}) };
  return [String(Target), { ...request, Modes: modes.filter((word) => word !== ""), Options: options }];
}
