/*
 * The bodies of requests live here, pure. The calls that carry them do not.
 */

import type { CreateContainerStep } from "../../plan/model/step.js";
import { given } from "../../tools/present.js";
import type { Body } from "./body.js";
import { environmentEntries } from "./environment.js";
import { healthcheckBody } from "./health-body.js";
import { containerLabels } from "./labels.js";
import { mountBody } from "./mount-body.js";
import { hostNetworkBody, networkBody } from "./network-body.js";
import { sharingBody } from "./owners.js";
import { exposedPorts, portBindings } from "./port-body.js";
import { deviceBody, resourceBody } from "./resource-body.js";
import { securityBody } from "./security-body.js";

/**
 * The body of POST /containers/create in this API version. The image is pinned by digest, or by its id where it was made
 * here; the restart policy is `no` until the container is proven; only one network is joined, because engines before API
 * 1.44 take no more. `lease`: of the controller that makes it.
 */
export function creationBody(step: CreateContainerStep, api: string, lease = "default"): Body {
  const { container } = step.spec;
  const { naming, execution, namespaces, logging } = container;
  return {
    Image: step.from,
    Labels: containerLabels(step, lease),
    Env: environmentEntries(container.environment),
    ...given({
      Cmd: container.command,
      Entrypoint: container.entrypoint,
      User: container.user,
      WorkingDir: container.workingDir,
      StopSignal: container.stopSignal,
      Hostname: naming?.hostname,
      Domainname: naming?.domainname,
      Tty: execution?.tty,
      OpenStdin: execution?.stdinOpen,
      Healthcheck: container.healthcheck === undefined ? undefined : healthcheckBody(container.healthcheck, api),
    }),
    StopTimeout: Math.ceil(container.stopGracePeriodMs / 1000),
    ExposedPorts: exposedPorts(container),
    HostConfig: {
      RestartPolicy: { Name: "no" },
      PortBindings: portBindings(container.ports),
      ...mountBody(container, step.inherited),
      ...hostNetworkBody(step),
      ...sharingBody(step),
      ...resourceBody(container.resources),
      ...deviceBody(container.devices),
      ...securityBody(container.security),
      ...given({
        Dns: naming?.dns,
        DnsOptions: naming?.dnsOptions,
        DnsSearch: naming?.dnsSearch,
        ExtraHosts: naming?.extraHosts,
        UTSMode: namespaces?.uts,
        UsernsMode: namespaces?.userns,
        CgroupnsMode: namespaces?.cgroup,
        CgroupParent: namespaces?.cgroupParent,
        Init: execution?.init,
        Runtime: execution?.runtime,
        LogConfig: logging === undefined ? undefined : { Type: logging.driver ?? "", Config: logging.options ?? {} },
        Annotations: container.annotations,
      }),
    },
    ...networkBody(step, api),
  };
}
