import type { JobSpec } from "../../compose/model/job.js";
import type { ServiceSpec } from "../../compose/model/service.js";

/**
 * The service as its job sees it: its environment, mounts, files, networks and limits, and nothing by which it could be
 * taken for a replica: no ports, addresses, aliases or labels, and no life beyond its one run. Another image's own
 * entrypoint holds.
 */
export function jobService(spec: ServiceSpec, { command, image }: JobSpec): ServiceSpec {
  const { build, gate: _gate, probe: _probe, before: _before, after: _after, ...rest } = spec;
  const own = image === undefined;
  return {
    ...rest,
    ...(own && build !== undefined ? { build } : {}),
    ...(own ? {} : { image }),
    containerName: undefined,
    networks: spec.networks.map(({ network }) => ({ network, aliases: [] })),
    container: {
      ...spec.container,
      command,
      entrypoint: own ? spec.container.entrypoint : undefined,
      ports: [],
      labels: {},
      restart: { name: "no", maximumRetryCount: 0 },
      healthcheck: { disabled: true },
    },
  };
}
