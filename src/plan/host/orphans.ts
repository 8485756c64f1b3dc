import { serviceKey } from "../../compose/model/service.js";
import type { ProjectSpec, ServiceKey } from "../../compose/model/service.js";
import { printable } from "../../tools/printable.js";
import type { HostSnapshot, ObservedNetwork } from "../model/host/host-snapshot.js";
import { awaitedServices } from "../model/host/image-index.js";
import { keyOf } from "../model/host/observed.js";

/** A network or volume that bears a declared project's label, and that no file declares any more. */
export interface Orphan {
  readonly kind: "network" | "volume";
  readonly project: string;
  readonly name: string;
  /** The engine's id of a network; a volume has none. */
  readonly id: string | undefined;
  /** Names of the containers that belong to the network, running or not. */
  readonly usedBy: readonly string[];
  /** For people: what it is and what becomes of it. */
  readonly text: string;
}

/** By project and name. Of projects that no file declares, or that another controller has too, nothing is said. */
export function orphansOf(projects: readonly ProjectSpec[], host: HostSnapshot): readonly Orphan[] {
  const shared = new Set(host.foreign.flatMap(({ other }) => other?.project ?? []));
  const known = new Set(projects.map(({ name }) => name).filter((name) => !shared.has(name)));
  const networks = new Set(projects.flatMap(networkNames));
  const volumes = new Set(projects.flatMap(volumeNames));
  const isLeft = (project: string | undefined, name: string, declared: ReadonlySet<string>) =>
    project !== undefined && known.has(project) && !declared.has(name);
  return [
    ...[...host.networks]
      .filter(([name, { project }]) => isLeft(project, name, networks))
      .map(([name, found]) => networkOrphan(name, found, host)),
    ...[...host.volumes]
      .filter(([name, { project }]) => isLeft(project, name, volumes))
      .map(([name, { project = "" }]) => volumeOrphan(name, project)),
  ].sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
}

/** The services of declared projects of which something is there and that no file declares any more. By key. */
export function orphanedServices(projects: readonly ProjectSpec[], host: HostSnapshot): readonly ServiceKey[] {
  const known = new Set(projects.map(({ name }) => name));
  const declared = new Set(
    projects.flatMap(({ services }) => services.map((spec) => serviceKey(spec.project, spec.name))),
  );
  const isLeft = (key: ServiceKey) => known.has(key.slice(0, key.indexOf("/"))) && !declared.has(key);
  const there = [...host.containers.map(keyOf), ...awaitedServices(host.images)];
  return [...new Set(there.filter(isLeft))].sort();
}

function networkNames({ networks = [], services }: ProjectSpec): readonly string[] {
  const joined = services.flatMap((service) => service.networks.map(({ network }) => network));
  return [...networks, ...joined].map(({ name }) => name);
}

function volumeNames({ volumes = [], services }: ProjectSpec): readonly string[] {
  return [...volumes, ...services.flatMap((service) => service.volumes)].map(({ name }) => name);
}

function networkOrphan(name: string, { id, project = "", foreign }: ObservedNetwork, host: HostSnapshot): Orphan {
  const ours = host.containers.filter(({ networks }) => networks.some(({ network }) => network === name));
  const usedBy = [...new Set([...ours.map((container) => container.name), ...foreign])].sort();
  const fate = usedBy.length === 0 ? "--prune removes it" : `it is still used by ${usedBy.join(", ")}`;
  const text = printable(`network ${name} of project ${project} stands in no services file any more; ${fate}`);
  return { kind: "network", project, name, id, usedBy, text };
}

function volumeOrphan(name: string, project: string): Orphan {
  const what = `volume ${name} of project ${project} stands in no services file any more`;
  const text = printable(`${what}; it is kept until somebody removes it (docker volume rm ${name})`);
  return { kind: "volume", project, name, id: undefined, usedBy: [], text };
}

function sortKey({ project, kind, name }: Orphan): string {
  return `${project}\n${kind}\n${name}`;
}
