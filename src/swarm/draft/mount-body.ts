import type { ClusterSpec } from "../../compose/model/cluster.js";
import type { Mount, TmpfsOptions, VolumeSpec } from "../../compose/model/mount.js";
import { given, groupOf } from "../../tools/present.js";
import { namespaceLabel } from "./names.js";

/** Each node makes the volumes that it needs from what stands here. */
export function mountBodies(cluster: ClusterSpec, project: string): readonly object[] {
  return cluster.mounts.map((mount) => mountBody(mount, cluster.volumes, project));
}

function mountBody(mount: Mount, volumes: readonly VolumeSpec[], project: string): object {
  const { type, source, target, readOnly, tmpfs } = mount;
  return {
    Type: type,
    Target: target,
    ...(readOnly ? { ReadOnly: true } : {}),
    ...given({
      Source: source,
      BindOptions: type === "bind" ? bindOptions(mount) : undefined,
      VolumeOptions: type === "volume" ? volumeOptions(mount, volumes, project) : undefined,
      TmpfsOptions: tmpfsBody(tmpfs),
    }),
  };
}

function bindOptions({ bind }: Mount): object | undefined {
  return groupOf({
    Propagation: bind?.propagation,
    NonRecursive: bind?.recursive === "disabled" ? true : undefined,
  });
}

/** Of an external volume nothing is said: it is there on the node, or it is made without options. */
function volumeOptions({ source, volume }: Mount, volumes: readonly VolumeSpec[], project: string): object | undefined {
  const declared = volumes.find(({ name }) => name === source);
  const isOwn = declared?.external === false;
  const { driver, driverOpts = {}, labels = {} } = declared ?? {};
  const options = Object.keys(driverOpts).length === 0 ? undefined : driverOpts;
  return groupOf({
    NoCopy: volume?.nocopy,
    Labels: isOwn ? { ...labels, [namespaceLabel]: project } : undefined,
    DriverConfig:
      isOwn && (driver !== undefined || options !== undefined)
        ? { Name: driver ?? "local", ...given({ Options: options }) }
        : undefined,
  });
}

function tmpfsBody(options: TmpfsOptions | undefined): object | undefined {
  return options && groupOf({ SizeBytes: options.sizeBytes, Mode: options.mode });
}
