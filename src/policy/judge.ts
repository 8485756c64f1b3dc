import type { ProjectSpec } from "../compose/model/service.js";
import { unclustered } from "./unclustered.js";
import { posix } from "node:path";
import type { Finding, Rule } from "./model/finding.js";
import type { Host } from "./model/paths.js";
import type { Permissions } from "./model/permissions.js";
import { deviceRule } from "./rules/devices.js";
import { buildRule, imageRule } from "./rules/images.js";
import { bindRule, contextRule, volumeFindings } from "./rules/mounts.js";
import { namespaceRule, otherContainerRule } from "./rules/namespaces.js";
import { portRule } from "./rules/ports.js";
import { capabilityRule, privilegedRule, runtimeRule, securityRule } from "./rules/privileges.js";

/** Each looks at one service; what it does not know is for none of them. */
export const rules: readonly Rule[] = [
  privilegedRule,
  namespaceRule,
  otherContainerRule,
  bindRule,
  contextRule,
  capabilityRule,
  securityRule,
  deviceRule,
  runtimeRule,
  imageRule,
  buildRule,
  portRule,
];

/** All that a project asks for and may not have. */
export function judge(project: ProjectSpec, permissions: Permissions, host: Host): readonly Finding[] {
  const services = project.services
    .map(unclustered)
    .flatMap((service) => rules.flatMap(({ find }) => find({ service, permissions, host })));
  const volumes = (project.volumes ?? []).flatMap((volume) => volumeFindings(volume, permissions, host));
  return [...services, ...volumes];
}

/** Every path of the host that the rules ask about. */
export function pathsOf({ services, volumes = [] }: ProjectSpec): readonly string[] {
  const binds = services
    .map(unclustered)
    .flatMap(({ container }) =>
      container.mounts.flatMap(({ type, source }) => (type === "bind" && source !== undefined ? [source] : [])),
    );
  const contexts = services.flatMap(({ build }) => {
    if (build?.context.kind !== "path") return [];
    const { path } = build.context;
    return build.dockerfile === undefined ? [path] : [path, posix.resolve(path, build.dockerfile)];
  });
  const devices = volumes.flatMap(({ driverOpts: { device } }) => (device?.startsWith("/") === true ? [device] : []));
  return [...binds, ...contexts, ...devices];
}
