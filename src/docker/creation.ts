import type { CreateContainerStep } from "../plan/step.js";
import type { ContainerSpec, Healthcheck, Mount, PortMapping } from "../spec/service.js";
import { pinnedImage } from "../spec/image.js";
import { endpointBody } from "./endpoint-body.js";
import { containerLabels } from "./labels.js";

/**
 * The body of POST /containers/create. The image is pinned by digest; the restart policy is `no` until the container is
 * proven; only one network is joined, because engines before API 1.44 take no more.
 */
export function creationBody(step: CreateContainerStep): object {
  const { container, image } = step.spec;
  const network = step.attach?.network;
  return {
    Image: pinnedImage(image, step.digest),
    Labels: containerLabels(step),
    Env: Object.entries(container.environment).map(([key, value]) => `${key}=${value}`),
    ...defined({
      Cmd: container.command,
      Entrypoint: container.entrypoint,
      User: container.user,
      WorkingDir: container.workingDir,
      StopSignal: container.stopSignal,
      Healthcheck: container.healthcheck === undefined ? undefined : healthcheckBody(container.healthcheck),
    }),
    StopTimeout: Math.ceil(container.stopGracePeriodMs / 1000),
    ExposedPorts: Object.fromEntries(container.ports.map((port) => [portKey(port), {}])),
    HostConfig: {
      RestartPolicy: { Name: "no" },
      PortBindings: portBindings(container.ports),
      ...mounts(container),
      NetworkMode: network ?? "none",
    },
    ...(step.attach === undefined
      ? {}
      : {
          NetworkingConfig: {
            EndpointsConfig: { [step.attach.network]: endpointBody(step.attach.aliases, step.attach.settings) },
          },
        }),
  };
}

function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Nanoseconds; what is absent is the image's. */
function healthcheckBody(check: Healthcheck): object {
  if (check.disabled) return { Test: ["NONE"] };
  const nanoseconds = (ms: number | undefined) => (ms === undefined ? undefined : ms * 1e6);
  return defined({
    Test: check.test,
    Interval: nanoseconds(check.intervalMs),
    Timeout: nanoseconds(check.timeoutMs),
    Retries: check.retries,
    StartPeriod: nanoseconds(check.startPeriodMs),
  });
}

function portKey({ containerPort, protocol }: PortMapping): string {
  return `${containerPort}/${protocol}`;
}

function portBindings(ports: readonly PortMapping[]): object {
  const bindings: Record<string, object[]> = {};
  for (const port of ports) {
    const binding = { HostIp: port.hostIp ?? "", HostPort: port.hostPort === undefined ? "" : String(port.hostPort) };
    (bindings[portKey(port)] ??= []).push(binding);
  }
  return bindings;
}

/** `Binds` creates a missing host path, `Mounts` refuses it: as Compose's short and long syntax. */
function mounts({ mounts: all }: ContainerSpec): { Binds: string[]; Mounts: object[] } {
  const short = all.filter((mount) => mount.type === "bind" && mount.createHostPath);
  const long = all.filter((mount) => !short.includes(mount));
  return {
    Binds: short.map(({ source = "", target, readOnly }) => `${source}:${target}:${readOnly ? "ro" : "rw"}`),
    Mounts: long.map(mountBody),
  };
}

function mountBody({ type, source, target, readOnly }: Mount): object {
  return { Type: type, Target: target, ReadOnly: readOnly, ...(source === undefined ? {} : { Source: source }) };
}
