import type { ClusterSpec } from "../../compose/model/cluster.js";
import type { Healthcheck, ServiceSpec } from "../../compose/model/service.js";
import type { Variables } from "../../compose/model/container/variables.js";
import { given, groupOf } from "../../tools/present.js";
import type { ContainerBody, Labels } from "../model/body.js";
import { nanoseconds } from "./durations.js";
import type { References } from "./files.js";
import { mountBodies } from "./mount-body.js";
import { privilegesBody } from "./privileges-body.js";

interface Made {
  readonly spec: ServiceSpec & { readonly cluster: ClusterSpec };
  readonly image: string;
  readonly labels: Labels;
  readonly references: References;
}

/** A ContainerSpec: what is absent is the image's, or the engine's. Swarm's `Command` is an entrypoint, its `Args` a command. */
export function containerBody({ spec, image, labels, references }: Made): ContainerBody {
  const { container, cluster } = spec;
  const { naming, execution, security, resources } = container;
  const dns = groupOf({ Nameservers: naming?.dns, Search: naming?.dnsSearch, Options: naming?.dnsOptions });
  const mounts = mountBodies(cluster, spec.project);
  return {
    Image: image,
    Labels: labels,
    ...given({
      Env: environment(container.environment),
      Command: container.entrypoint,
      Args: container.command,
      Hostname: naming?.hostname,
      Dir: container.workingDir,
      User: container.user,
      Groups: security?.groupAdd,
      Privileges: privilegesBody(security?.securityOptions),
      TTY: execution?.tty,
      OpenStdin: execution?.stdinOpen,
      Init: execution?.init,
      ReadOnly: security?.readOnly,
      Mounts: mounts.length === 0 ? undefined : mounts,
      StopSignal: container.stopSignal,
      Healthcheck: container.healthcheck === undefined ? undefined : healthBody(container.healthcheck),
      Hosts: naming?.extraHosts?.map(hostLine),
      DNSConfig: dns,
      Sysctls: security?.sysctls,
      CapabilityAdd: security?.capAdd,
      CapabilityDrop: security?.capDrop,
      Ulimits: resources?.ulimits?.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
      OomScoreAdj: resources?.oomScoreAdj,
      Configs: references.configs.length === 0 ? undefined : references.configs,
      Secrets: references.secrets.length === 0 ? undefined : references.secrets,
    }),
    StopGracePeriod: nanoseconds(container.stopGracePeriodMs),
  };
}

/** A key alone unsets what the image sets. */
function environment(variables: Variables): readonly string[] | undefined {
  const entries = Object.entries(variables);
  return entries.length === 0
    ? undefined
    : entries.map(([key, value]) => (value === null ? key : `${key}=${value.reveal()}`));
}

/** What is absent is the image's. */
function healthBody(check: Healthcheck): object {
  if (check.disabled) return { Test: ["NONE"] };
  return given({
    Test: check.test,
    Interval: nanoseconds(check.intervalMs),
    Timeout: nanoseconds(check.timeoutMs),
    Retries: check.retries,
    StartPeriod: nanoseconds(check.startPeriodMs),
    StartInterval: nanoseconds(check.startIntervalMs),
  });
}

/** A line of `/etc/hosts`, the address first. Of an IPv6 address every colon but the first one is its own. */
function hostLine(host: string): string {
  const at = host.indexOf(":");
  return `${host.slice(at + 1)} ${host.slice(0, at)}`;
}
