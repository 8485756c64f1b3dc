import type { PortMapping, ServiceSpec } from "../compose/model/service.js";

/** The service with what the cluster has of its container put back: for those who ask what a file wants of hosts. */
export function unclustered(spec: ServiceSpec): ServiceSpec {
  const { cluster, ...rest } = spec;
  if (cluster === undefined) return spec;
  const ports = cluster.ports.map(({ publishedPort, containerPort, protocol }): PortMapping => {
    return { hostIp: undefined, hostPort: publishedPort, containerPort, protocol };
  });
  return {
    ...rest,
    container: { ...spec.container, ports, mounts: cluster.mounts },
    volumes: cluster.volumes,
    ...(cluster.network === undefined ? {} : { networkMode: { kind: cluster.network } }),
  };
}
