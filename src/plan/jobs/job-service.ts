import type { JobSpec, PreStartSpec } from "../../compose/model/policy/job.js";
import type { ContainerSpec, ServiceSpec } from "../../compose/model/service.js";
import { given } from "../../tools/present.js";
import type { Job } from "./job-need.js";

/**
 * The service as its job sees it: its environment, mounts, files, networks and limits, and nothing by which it could be
 * taken for a replica: no ports, addresses, aliases or labels, and no life beyond its one run. Another image's own
 * entrypoint holds.
 */
export function jobService(spec: ServiceSpec, { phase, spec: job }: Pick<Job, "phase" | "spec">): ServiceSpec {
  const { build, gate: _gate, probe: _probe, before: _before, preStart: _preStart, after: _after, ...rest } = spec;
  const { image } = job;
  const own = image === undefined;
  return {
    ...rest,
    ...(own && build !== undefined ? { build } : {}),
    ...(own ? {} : { image }),
    containerName: undefined,
    networks: spec.networks.map(({ network }) => ({ network, aliases: [] })),
    container: {
      ...(phase === "pre_start" ? hookContainer(spec.container, job) : jobContainer(spec.container, job)),
      ports: [],
      labels: {},
      restart: { name: "no", maximumRetryCount: 0 },
      healthcheck: { disabled: true },
    },
  };
}

function jobContainer(container: ContainerSpec, { command, image }: JobSpec | PreStartSpec): ContainerSpec {
  return { ...container, command, entrypoint: image === undefined ? container.entrypoint : undefined };
}

/** As Compose makes it: of the service it has mounts, environment, user and directory, but neither rights nor limits. */
function hookContainer(container: ContainerSpec, job: JobSpec | PreStartSpec): ContainerSpec {
  const { command, image, user, workingDir, privileged, environment } = { ...noSettings, ...job };
  const { mounts, volumesFrom, platform, stopGracePeriodMs, stopSignal } = container;
  return {
    command,
    entrypoint: undefined,
    environment: { ...container.environment, ...environment },
    user: user ?? (image === undefined ? container.user : undefined),
    workingDir: workingDir ?? container.workingDir,
    mounts,
    ports: [],
    labels: {},
    restart: container.restart,
    healthcheck: undefined,
    stopGracePeriodMs,
    stopSignal,
    ...given({ volumesFrom, platform, security: privileged === true ? { privileged } : undefined }),
  };
}

const noSettings: Omit<PreStartSpec, "timeoutMs"> = {};
