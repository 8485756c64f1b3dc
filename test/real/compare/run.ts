import type Docker from "dockerode";
import type { ProjectSpec } from "../../../src/compose/model/service.js";
import type { Engine } from "../../../src/control/ports/engine.js";
import { FairleadError } from "../../../src/errors.js";
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
  /** Absent: a side has made nothing. */
  readonly comparison?: Comparison;
  /** The comparison in figures, or the peer's complaint. */
  readonly text: string;
  /** The same has been made, or the engine has refused the same to both. */
  readonly alike: boolean;
}

/** Each side makes the project's containers under the same names, one after the other; nothing is left of it. */
export async function compareStack(stack: Stack, project: ProjectSpec, host: Host): Promise<StackResult> {
  const { docker, engine, standIn, peers } = host;
  await nameStandIn(docker, standIn, project);
  const removeExternals = await makeExternals(docker, standIn.id, project);
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
    const ours = await made(() => createServices(services, standIn.digest, engine)).catch(refusedByEngine);
    const outcomes: PeerOutcome[] = [];
    for (const peer of peers) {
      const theirs = await made(() => peer.create(stack, project.name, host.engineHost)).catch(refusedByPeer);
      outcomes.push({ peer: peer.name, ...compared(peer.name, theirs, ours) });
    }
    return { stack: stack.name, services: project.services.length, outcomes };
  } finally {
    await removeExternals();
  }
}

/** A refusal of the engine is a result like any other: it should meet both sides. */
function refusedByEngine(error: unknown): string {
  const words =
    error instanceof FairleadError ? /^the engine refused to [^:]*: (.*)$/s.exec(error.message)?.[1] : undefined;
  if (words === undefined) throw error;
  return words;
}

function refusedByPeer(error: unknown): string {
  if (error instanceof PeerRefused) return error.message;
  throw error;
}

function compared(peer: PeerName, theirs: Found | string, ours: Found | string): Omit<PeerOutcome, "peer"> {
  if (typeof theirs === "string") return { text: theirs, alike: typeof ours === "string" && theirs.includes(ours) };
  if (typeof ours === "string") return { text: `it takes what the engine refuses to Fairlead: ${ours}`, alike: false };
  const comparison = compare(peer, theirs, ours);
  const { fields, intended, unintended } = comparison;
  const text = `${fields}, ${intended.length}, ${unintended.length}`;
  return { comparison, text, alike: unintended.length === 0 };
}
