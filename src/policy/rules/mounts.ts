import type { VolumeSpec } from "../../compose/model/mount.js";
import { posix } from "node:path";
import { refusal, type Finding, type Rule, type Way } from "../model/finding.js";
import { whyNot, type Host } from "../model/paths.js";
import type { Permissions } from "../model/permissions.js";

/** Paths of the host that a container sees: bind mounts, and the files of configs and secrets. */
export const bindRule: Rule = {
  key: "bindMounts",
  find: ({ service, permissions, host }) =>
    service.container.mounts.flatMap(({ type, source, target }, index) => {
      if (type !== "bind" || source === undefined) return [];
      const at = (...keys: Way) => ["services", service.name, ...keys];
      // What is mounted for a config or a secret comes after all that is a mount by itself.
      const granted = target.startsWith("/run/secrets/") ? ["secrets", "configs"] : ["configs", "secrets"];
      return pathFindings(source, [at("volumes", index), ...granted.map((key) => at(key))], permissions, host);
    }),
};

/** What a build reads of the host. */
export const contextRule: Rule = {
  key: "bindMounts",
  find: ({ service: { name, build }, permissions, host }) => {
    if (build?.context.kind !== "path") return [];
    const { path } = build.context;
    const at: Way = ["services", name, "build"];
    const file = build.dockerfile === undefined ? undefined : posix.resolve(path, build.dockerfile);
    return [
      ...pathFindings(path, [[...at, "context"], at], permissions, host),
      ...(file === undefined ? [] : pathFindings(file, [[...at, "dockerfile"], at], permissions, host)),
    ];
  },
};

/** File systems that are no disk of this host. */
const remote: ReadonlySet<string> = new Set(["nfs", "nfs4", "cifs", "smb3", "tmpfs"]);

/** A volume is a mount with other words: its options may name any folder, and any disk. */
export function volumeFindings(
  { key, driver, driverOpts }: VolumeSpec,
  permissions: Permissions,
  host: Host,
): readonly Finding[] {
  const ways = (option?: string) => [
    ...(option === undefined ? [] : [["volumes", key, "driver_opts", option]]),
    ["volumes", key, "driver"],
    ["volumes", key],
  ];
  if (driver !== undefined && driver !== "local") {
    if (permissions.volumeDrivers.includes(driver)) return [];
    return [refusal({ key: "volumeDrivers", ways: ways(), what: `the volume driver ${driver}`, allowed: driver })];
  }
  const { device, type = "", o = "" } = driverOpts;
  const options = o.split(",").map((option) => option.trim());
  const isBind = options.some((option) => /^r?bind$/i.test(option));
  if (isBind) {
    if (device?.startsWith("/") === true) return pathFindings(device, ways("device"), permissions, host);
    if (device === undefined) return [];
  } else if (remote.has(type) || (device === undefined && type === "" && o === "")) {
    return [];
  }
  const what = "these options of a volume: they may mount any folder or disk of the host";
  const allowed = "no value; write `o: bind` with a whole path as `device`, or a network file system";
  return [refusal({ key: "bindMounts", ways: ways("o"), what, allowed })];
}

function pathFindings(path: string, ways: readonly Way[], permissions: Permissions, host: Host): readonly Finding[] {
  const fault = whyNot(path, permissions, host);
  return fault === undefined ? [] : [refusal({ ...fault, ways })];
}
