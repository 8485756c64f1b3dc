import { items, quoted, report, reportKey, warn, type Node } from "../document/node.js";
import type { Fields } from "../keys/fields.js";
import type { deployKeys, serviceKeys } from "../keys/keys.js";
import { clusterName } from "../model/cluster.js";
import type { PortMapping, ServiceSpec } from "../model/service.js";
import { quote } from "../../tools/quote.js";
import type { Asked } from "./asked.js";
import { checkMounts, type PlacedMount } from "./mount-checks.js";
import { fixedPort } from "./order.js";
import { tmpfsOptions } from "./tmpfs.js";

/** A service as it has been read, with the nodes that a refusal points at. */
export interface Subject {
  readonly spec: ServiceSpec;
  readonly asked: Asked;
  readonly node: Node;
  readonly field: Fields<typeof serviceKeys>;
  readonly deploy: Fields<typeof deployKeys>;
  readonly ports: readonly { readonly port: PortMapping; readonly node: Node }[];
  readonly mounts: readonly PlacedMount[];
}

/** Reports what a Swarm cannot do of values whose keys it knows. */
export function checkForSwarm(subject: Subject): void {
  checkName(subject);
  checkNetworkMode(subject);
  checkPullPolicy(subject);
  checkSecurity(subject);
  checkPorts(subject);
  checkPlacement(subject);
  checkOrder(subject);
  checkTmpfs(subject);
  checkMounts(subject.mounts, subject.asked);
}

/** As the engine takes names of services; hosts find them by these. */
const longestName = 63;
const namePattern = /^[a-zA-Z0-9](?:[-_]*[a-zA-Z0-9]+)*$/;

function checkName({ spec, node }: Subject): void {
  const name = clusterName(spec);
  if (name.length > longestName) {
    const message = `its name on a Swarm, ${quote(name)}, is longer than ${longestName} characters`;
    reportKey(node, message, "shorten the service's or the project's");
  } else if (!namePattern.test(name)) {
    const message = `its name on a Swarm, ${quote(name)}, is none that a Swarm takes`;
    reportKey(node, message, "use letters, digits, `-` and `_`, and end with a letter or a digit");
  }
}

function checkNetworkMode({ spec: { networkMode }, field }: Subject): void {
  const node = field("network_mode");
  if (node === undefined || networkMode === undefined) return;
  switch (networkMode.kind) {
    case "host":
      return;
    case "none":
      report(node, "a Swarm runs nothing without a network", "join one that is `internal: true`");
      return;
    case "bridge":
      report(node, "the bridge of one host joins no nodes", "remove it: the project's own network spans them");
      return;
    case "service":
    case "container":
      report(node, "a Swarm lets no container into another one's network", "let both join one under `networks`");
  }
}

function checkPullPolicy({ spec: { pullPolicy }, field }: Subject): void {
  const node = field("pull_policy");
  if (node === undefined || pullPolicy === undefined) return;
  if (pullPolicy.kind === "always" || pullPolicy.kind === "every") return;
  report(
    node,
    `${quoted(node)} asks for an image that a node may not have`,
    "remove it: each node pulls what it lacks",
  );
}

const allowedOptions = [
  /^no-new-privileges(?:[=:](?:true|false))?$/,
  /^seccomp[=:]/,
  /^apparmor[=:]unconfined$/,
  /^label[=:](?:disable|(?:user|role|type|level):.+)$/,
];

function checkSecurity({ spec: { container }, field }: Subject): void {
  const node = field("security_opt");
  if (node === undefined) return;
  const { securityOptions = [], unmaskedPaths } = container.security ?? {};
  const written = Array.isArray(node.value) ? items(node) : [];
  const hint = "remove it, or set it as a default of the nodes' engines";
  if (unmaskedPaths === true) report(node, "a Swarm has no word for unmasked paths", hint);
  for (const option of securityOptions) {
    if (allowedOptions.some((form) => form.test(option))) continue;
    // A variable may have given it: then it is not shown.
    const item = written.find(({ value }) => value === option);
    report(item ?? node, `a Swarm has no word for ${item === undefined ? "one of them" : quoted(item)}`, hint);
  }
}

function checkPorts({ asked, deploy, ports }: Subject): void {
  for (const { port, node } of ports) {
    if (port.hostPortEnd !== undefined) {
      const hint = "write one port, or only the container's: a Swarm picks a free one";
      report(node, "a Swarm chooses from no range of yours", hint);
    }
    if (port.hostIp !== undefined && typeof node.value === "string") {
      const hint = "remove the address, and close the others by a firewall";
      report(node, "a Swarm publishes on every address of a node", hint);
    }
  }
  const endpointMode = deploy("endpoint_mode");
  const meshed = asked.ports?.some(({ mode }) => mode === "ingress") === true;
  if (endpointMode !== undefined && asked.endpointMode === "dnsrr" && meshed) {
    const message = "the routing mesh needs an address of the service, which `dnsrr` has none of";
    report(endpointMode, message, "publish its ports with `mode: host`, or write `vip`");
  }
}

function checkPlacement({ asked: { mode = "replicated", placement }, deploy }: Subject): void {
  const node = deploy("placement");
  if (node === undefined || placement?.maxReplicasPerNode === undefined || !mode.startsWith("global")) return;
  report(node, `\`mode: ${mode}\` is one container on each node already`, "remove `max_replicas_per_node`");
}

/** It is done all the same, as on one host. */
function checkOrder({ spec: { update }, asked, deploy }: Subject): void {
  const node = deploy("update_config");
  const port = fixedPort(asked.ports ?? []);
  if (node === undefined || update.order !== "start-first" || port?.publishedPort === undefined) return;
  const message = `stop-first all the same: port ${port.publishedPort} of a node is one container's`;
  warn(node, node.place.key, message, "publish it with `mode: ingress`, or write `order: stop-first`");
}

function checkTmpfs({ spec: { container }, field }: Subject): void {
  const node = field("tmpfs");
  if (node === undefined) return;
  for (const [target, options] of Object.entries(container.tmpfs ?? {})) {
    if (tmpfsOptions(options) !== null) continue;
    report(node, `a Swarm has no word for some options of ${quote(target)}`, "write `size`, `mode` and `ro` only");
  }
}
