import type { ContainerFacts } from "../../plan/model/host/observed.js";
import { isLoopback } from "../../tools/loopback.js";
import type { ListedContainer } from "../client/schema.js";

/** From where the engine is spoken to. */
export interface Standing {
  /** The id of the container that this process runs in. */
  readonly own: string | undefined;
  /** Undefined: a socket of the file system. */
  readonly remote: { readonly host: string; readonly port: string } | undefined;
}

/** What this process cannot do without. */
export function lifelineOf(
  facts: ContainerFacts,
  listed: readonly ListedContainer[],
  { own, remote }: Standing,
): ContainerFacts["lifeline"] {
  if (facts.id === own) return "controller";
  if (remote === undefined) return undefined;
  const self = listed.find(({ Id }) => Id === own);
  return leads(facts, listed, remote, self) || lendsNetwork(facts, self) ? "line" : undefined;
}

/** The engine's address is one of its names on a network that both are on, its own address, or its port of this host. */
function leads(
  { id, name, networks, location }: ContainerFacts,
  listed: readonly ListedContainer[],
  { host, port }: NonNullable<Standing["remote"]>,
  self: ListedContainer | undefined,
): boolean {
  if (location?.kind === "networks" && location.addresses.some(({ address }) => address === host)) return true;
  const joined = new Set(Object.keys(self?.NetworkSettings?.Networks ?? {}));
  const shared = networks.filter(({ network }) => joined.has(network));
  const names = shared.length === 0 ? [] : [name, id.slice(0, 12), ...shared.flatMap(({ aliases }) => aliases)];
  if (names.includes(host)) return true;
  const isHere = isLoopback(host) || host === "host.docker.internal";
  const ports = listed.find(({ Id }) => Id === id)?.Ports ?? [];
  return isHere && ports.some(({ PublicPort }) => String(PublicPort) === port);
}

function lendsNetwork({ id, name }: ContainerFacts, self: ListedContainer | undefined): boolean {
  const mode = self?.HostConfig?.NetworkMode ?? "";
  return mode === `container:${id}` || mode === `container:${name}`;
}
