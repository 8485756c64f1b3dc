import { execFile } from "node:child_process";
import { promisify } from "node:util";
import Docker from "dockerode";
import { startEngine, type SandboxEngine } from "../engine/engine.js";
import { bridgeInto, type Bridge } from "../network/bridge.js";
import { createNetns, enterNetns } from "../network/netns.js";

const run = promisify(execFile);

/** An engine in a network namespace of its own, which is a node of a Swarm. */
export interface SandboxNode {
  readonly docker: Docker;
  readonly engine: SandboxEngine;
  /** Of the Swarm. */
  readonly id: string;
  /** Its engine reaches no registry any more. */
  loseRegistry(): Promise<void>;
}

export interface TwoNodes {
  /** The only manager, unless the other one is promoted. */
  readonly manager: SandboxNode;
  readonly worker: SandboxNode;
  /** Draws the cable between both, or puts it back. */
  connect(isUp: boolean): Promise<void>;
  close(): Promise<void>;
}

const addresses = { manager: "198.18.9.1", worker: "198.18.9.2" } as const;
const link = "swarm0";

/**
 * Two engines in two network namespaces with a cable between them: a manager and a worker, with the labels `place=manager`
 * and `place=worker`. Docker Hub's names are served by the registry, on both. A node is given up after about six seconds.
 */
export async function startTwoNodes(registryUrl: string): Promise<TwoNodes> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const open = async (address: string) => {
    const netns = await createNetns();
    closers.push(() => netns.close());
    const bridge = await bridgeInto(netns.path, registryUrl);
    const away = once(bridge);
    closers.push(away);
    return { netns: netns.path, bridge, away, address };
  };
  const start = async ({ netns, bridge }: { readonly netns: string; readonly bridge: Bridge }) => {
    const engine = await startEngine({ netns, mirror: bridge.url });
    closers.push(() => engine.stop());
    const docker = new Docker({ socketPath: engine.socket });
    // Its containers are in the way of its end, and a node without its managers cannot leave otherwise.
    closers.push(() => docker.swarmLeave({ force: true }).then(ignore, ignore));
    return { engine, docker };
  };
  try {
    const [first, second] = [await open(addresses.manager), await open(addresses.worker)];
    await lay(first.netns, second.netns);
    const [manager, worker] = [await start(first), await start(second)];
    const Spec = { Dispatcher: { HeartbeatPeriod: 2_000_000_000 } };
    await manager.docker.swarmInit({ ListenAddr: `${first.address}:2377`, AdvertiseAddr: first.address, Spec });
    const { JoinTokens } = (await manager.docker.swarmInspect()) as {
      readonly JoinTokens: { readonly Worker: string };
    };
    await worker.docker.swarmJoin({
      ListenAddr: `${second.address}:2377`,
      AdvertiseAddr: second.address,
      RemoteAddrs: [`${first.address}:2377`],
      JoinToken: JoinTokens.Worker,
    });
    const label = async (node: { readonly docker: Docker }, place: string): Promise<string> => {
      const { Swarm } = (await node.docker.info()) as { readonly Swarm: { readonly NodeID: string } };
      await updateNode(manager.docker, Swarm.NodeID, { Labels: { place } });
      return Swarm.NodeID;
    };
    return {
      manager: { ...manager, id: await label(manager, "manager"), loseRegistry: first.away },
      worker: { ...worker, id: await label(worker, "worker"), loseRegistry: second.away },
      connect: async (isUp) => {
        await inside(second.netns, ["link", "set", link, isUp ? "up" : "down"]);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Changes parts of what a node is to be. */
export async function updateNode(docker: Docker, id: string, parts: object): Promise<void> {
  const node = docker.getNode(id);
  const { Version, Spec } = (await node.inspect()) as {
    readonly Version: { readonly Index: number };
    readonly Spec: object;
  };
  await node.update({ version: Version.Index, ...Spec, ...parts });
}

/** A cable of two ends; it goes with either namespace. */
async function lay(first: string, second: string): Promise<void> {
  const pidOf = (netns: string) => /\/proc\/(\d+)\//.exec(netns)?.[1] ?? "";
  const peer = ["peer", "name", link, "netns", pidOf(second)];
  await inside(first, ["link", "add", link, "type", "veth", ...peer]);
  for (const [netns, address] of [
    [first, addresses.manager],
    [second, addresses.worker],
  ] as const) {
    await inside(netns, ["addr", "add", `${address}/24`, "dev", link]);
    await inside(netns, ["link", "set", link, "up"]);
  }
}

async function inside(netns: string, args: readonly string[]): Promise<void> {
  await run(...enterNetns(netns, "ip", args));
}

function once(bridge: Bridge): () => Promise<void> {
  const state: { closed?: Promise<void> } = {};
  return () => (state.closed ??= bridge.close());
}

function ignore(): void {
  // whatever came of it
}
