import { report, reportKey } from "../document/node.js";
import type { ServiceSpec } from "../model/service.js";
import type { Definition } from "./definition.js";

/** `deploy.mode: replicated-job`: it is to end. */
export function checkJob({ spec, node }: Definition): void {
  if (spec.oneShot !== true || !runsForEver(spec)) return;
  reportKey(node, "a job never completes if `restart` starts it again and again", onFailureHint);
}

export const onFailureHint = "write `restart: on-failure`, or leave it out";

export function runsForEver({ container: { restart } }: ServiceSpec): boolean {
  return restart.name === "always" || restart.name === "unless-stopped";
}

/** What several containers of one service cannot have in common. */
export function checkReplicas({ spec, containerName, ports, cluster }: Definition): void {
  const count = spec.replicas ?? 1;
  if (count < 2) return;
  if (containerName !== undefined) {
    report(containerName, `${count} replicas cannot all have this name`, "remove `container_name`, or run one replica");
  }
  // On a Swarm they run on several nodes, or behind one port of all.
  if (spec.gate !== undefined || cluster !== undefined) return;
  for (const { port, node } of ports) {
    const { hostPort, hostPortEnd = hostPort, containerPort } = port;
    if (hostPort === undefined || hostPortEnd === undefined || hostPortEnd - hostPort + 1 >= count) continue;
    const hint = `write a range of ${count} host ports, or only \`${containerPort}\`: the engine picks a free one`;
    report(node, `${count} replicas cannot all publish host port ${hostPort}`, hint);
  }
}
