import type Docker from "dockerode";
import type { Engine } from "../../../src/control/ports.js";
import type { ProjectSpec } from "../../../src/spec/service.js";
import { createServices } from "./creation.js";
import { compare, type Comparison } from "./differences.js";
import { findProject, makeExternals, removeProject, type Found } from "./host.js";
import { nameStandIn, withStandIn, type StandIn } from "./images.js";
import { PeerRefused, type Peer, type PeerName } from "./peers.js";
import type { Stack } from "./stacks.js";

export interface Host {
  readonly engineHost: string;
  readonly docker: Docker;
  readonly engine: Engine;
  readonly standIn: StandIn;
  readonly peers: readonly Peer[];
}

export interface StackResult {
  readonly stack: string;
  readonly services: number;
  readonly outcomes: readonly PeerOutcome[];
}

export interface PeerOutcome {
  readonly peer: PeerName;
  /** Absent: the peer refuses the file. */
  readonly comparison?: Comparison;
  /** The comparison in figures, or the peer's complaint. */
  readonly text: string;
}

/** Each side makes the project's containers under the same names, one after the other; nothing is left of it. */
export async function compareStack(stack: Stack, project: ProjectSpec, host: Host): Promise<StackResult> {
  const { docker, engine, standIn, peers } = host;
  const removeNames = await nameStandIn(docker, standIn, project);
  const removeExternals = await makeExternals(docker, project);
  const made = async (create: () => Promise<void>): Promise<Found> => {
    try {
      await create();
      return await findProject(docker, project.name);
    } finally {
      await removeProject(docker, project.name);
    }
  };
  try {
    const services = project.services.map((service) => withStandIn(service, standIn));
    const ours = await made(() => createServices(services, standIn.digest, engine));
    const outcomes: PeerOutcome[] = [];
    for (const peer of peers) {
      const create = () => made(() => peer.create(stack, project.name, host.engineHost));
      outcomes.push(await create().then((theirs) => compared(peer.name, theirs, ours), refused(peer.name)));
    }
    return { stack: stack.name, services: project.services.length, outcomes };
  } finally {
    await removeExternals();
    await removeNames();
  }
}

function compared(peer: PeerName, theirs: Found, ours: Found): PeerOutcome {
  const comparison = compare(peer, theirs, ours);
  const { fields, intended, unintended } = comparison;
  return { peer, comparison, text: `${fields}, ${intended.length}, ${unintended.length}` };
}

function refused(peer: PeerName): (error: unknown) => PeerOutcome {
  return (error) => {
    if (!(error instanceof PeerRefused)) throw error;
    return { peer, text: error.message };
  };
}
