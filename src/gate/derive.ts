import { gateName } from "../compose/model/policy/gate.js";
import type { GateSpec } from "../compose/model/policy/gate.js";
import type { NetworkAttachment, NetworkSpec } from "../compose/model/network.js";
import type { ContainerFile, RewritableFiles } from "../compose/model/container/container-file.js";
import type { Dependency, ProjectSpec, ServiceSpec } from "../compose/model/service.js";
import type { ImageReference } from "../compose/values/image.js";
import { activeName } from "../plan/model/host/names.js";
import { Secret } from "../tools/secret.js";
import { gateConfig, slotsFor, type GateLayout } from "./config.js";
import { configFile, holdFile } from "./files.js";
import { holdScript } from "./hold.js";

type Gated = ServiceSpec & { readonly gate: GateSpec };

/** Counts what a gate that runs must be re-created for, beyond what its label says. */
const generation = 1;
/** A gate that cannot start ends at once. */
const monitorMs = 1_000;
/** Longer than HAProxy's own `hard-stop-after`. */
const stopGracePeriodMs = 5_000;

/**
 * The project with a service `NAME.gate` beside each service that has a gate: it takes over the service's ports and its
 * names on the networks. The planner treats it like any other service.
 */
export function withGates(project: ProjectSpec, image: ImageReference): ProjectSpec {
  const gated = new Set(project.services.filter(isGated).map(({ name }) => name));
  if (gated.size === 0) return project;
  const known = <T extends NetworkSpec>(network: T): T => ({ ...network, ...membersOf(network, gated) });
  const services = project.services
    .flatMap((service) => (isGated(service) ? [behindGate(service), gateOf(service, image)] : [service]))
    .map((service) => ({
      ...service,
      networks: service.networks.map((attachment) => ({ ...attachment, network: known(attachment.network) })),
      dependsOn: service.dependsOn.flatMap((dependency) => throughGate(dependency, service, gated)),
    }));
  const { networks } = project;
  return { ...project, services, ...(networks === undefined ? {} : { networks: networks.map(known) }) };
}

function isGated(service: ServiceSpec): service is Gated {
  return service.gate !== undefined;
}

/** Its containers can be reached by their own names only. */
function behindGate(service: Gated): ServiceSpec {
  const networks = service.networks.map((attachment) => ({ ...attachment, aliases: [] }));
  return { ...service, container: { ...service.container, ports: [] }, networks };
}

function gateOf(service: Gated, image: ImageReference): ServiceSpec {
  const { project, name, container } = service;
  const layout = layoutOf(service);
  return {
    project,
    name: gateName(name),
    gateOf: name,
    image,
    pullPolicy: { kind: "missing" },
    containerName: undefined,
    container: {
      entrypoint: ["haproxy"],
      command: ["-db", "-f", configFile],
      environment: {},
      ports: container.ports,
      expose: layout.ports.map((containerPort) => ({ containerPort, protocol: "tcp" })),
      mounts: [],
      labels: { "fairlead.gate-layout": shapeOf(layout) },
      restart: { name: "always", maximumRetryCount: 0 },
      healthcheck: undefined,
      user: undefined,
      workingDir: undefined,
      stopGracePeriodMs,
      // Takes no more work, ends what is under way, and then ends.
      stopSignal: "SIGUSR1",
      // The engine answers for containers; no question about any other name leaves the host.
      naming: { dns: ["127.0.0.1"] },
      security: {
        capDrop: ["ALL"],
        securityOptions: ["no-new-privileges:true"],
        sysctls: { "net.ipv4.ip_unprivileged_port_start": "0" },
      },
      ...(container.logging === undefined ? {} : { logging: container.logging }),
    },
    networks: service.networks.map(own),
    volumes: [],
    dependsOn: [],
    rewritable: filesOf(layout),
    update: { order: "stop-first", monitorMs, failureAction: "rollback" },
    keep: 1,
  };
}

/** Fixed addresses stay with the service's own container. */
function own({ network, aliases, priority }: NetworkAttachment): NetworkAttachment {
  return { network, aliases, ...(priority === undefined ? {} : { priority }) };
}

function layoutOf(service: Gated): GateLayout {
  const { container, replicas = 1 } = service;
  const ports = [...container.ports, ...(container.expose ?? [])]
    .filter(({ protocol }) => protocol === "tcp")
    .map(({ containerPort }) => containerPort);
  return {
    gate: service.gate,
    ports: [...new Set(ports)].sort((one, other) => one - other),
    names: Array.from({ length: replicas }, (_, index) => hostName(service, index + 1)),
    slots: slotsFor(replicas),
    ipv6: service.networks.some(({ network }) => network.enableIpv6 === true),
  };
}

/** On the network that counts where there are several: the answer must not change from one time to the next. */
function hostName(service: Gated, slot: number): string {
  const [first, ...others] = service.networks;
  const name = activeName(service, slot);
  return first === undefined || others.length === 0 ? name : `${name}.${first.network.name}`;
}

/** What a running gate cannot be told: a change of it needs a new one. How many replicas there are is not part of it. */
function shapeOf({ gate, ports, slots, ipv6 }: GateLayout): string {
  const { mode, holdMs, proxyProtocol } = gate;
  const words = [`${mode}:${ports.join(",")}`, `slots:${slots}`, `hold:${holdMs}ms`];
  return [`v${generation}`, ...words, ...(proxyProtocol ? ["proxy"] : []), ...(ipv6 ? ["ipv6"] : [])].join(" ");
}

function filesOf(layout: GateLayout): RewritableFiles {
  const { text, hash } = gateConfig(layout);
  const file = (path: string, content: string): ContainerFile => ({
    origin: "the gate",
    path,
    content: new Secret(content),
    mode: 0o644,
    uid: 0,
    gid: 0,
  });
  const hold = layout.gate.holdMs > 0 ? [file(holdFile, holdScript)] : [];
  return { config: hash, files: [...hold, file(configFile, text)] };
}

function membersOf({ members }: NetworkSpec, gated: ReadonlySet<string>): { readonly members?: readonly string[] } {
  if (members === undefined) return {};
  return { members: members.flatMap((member) => (gated.has(member) ? [member, gateName(member)] : [member])) };
}

/** Who needs a service that has a gate reaches it through that. */
function throughGate(dependency: Dependency, service: ServiceSpec, gated: ReadonlySet<string>): readonly Dependency[] {
  if (!gated.has(dependency.service) || service.gateOf !== undefined) return [dependency];
  const { required } = dependency;
  const gate = { service: gateName(dependency.service), condition: "service_started" } as const;
  return [dependency, { ...gate, ...(required === undefined ? {} : { required }) }];
}
