import { onTestFinished } from "vitest";
import { clustered } from "../../../../src/compose/cluster/clustered.js";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { formatImage } from "../../../../src/compose/values/image.js";
import type { Controller } from "../../../../src/control/controller.js";
import type { Engine } from "../../../../src/control/ports/engine.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { connectSwarm } from "../../../../src/swarm/engine/engine.js";
import type { Cluster } from "../../../../src/swarm/model/cluster.js";
import type { Behaviour } from "../../../simulator/behaviour.js";
import { SimulatedSwarm } from "../../../simulator/swarm/swarm.js";
import { openStage, type Stage } from "../../control/lives/stage.js";
import { digestOf, specOf } from "../../plan/world.js";

/** The whole of control over a Swarm in memory. */
export interface SwarmLife {
  readonly stage: Stage;
  readonly swarm: SimulatedSwarm;
  push(letter: string, behaviour?: Behaviour): void;
  /** `cluster`: as the controller sees it. */
  start(options?: { readonly cluster?: Cluster; readonly forgetful?: boolean | number }): Promise<Controller>;
  /** The digests that the tasks of the service run, one for each that runs. */
  running(): readonly string[];
  /** The containers that the controller sees. */
  seen(): Promise<readonly ObservedContainer[]>;
  /** The same in words: `shop-web-1.failed exited`. */
  containers(): Promise<readonly string[]>;
}

export const webOf = (spec: Partial<ServiceSpec> = {}): ServiceSpec =>
  clustered(specOf({ update: { ...specOf().update, monitorMs: 1_000 }, ...spec }));

export async function openSwarmLife(specs: ServiceSpec[] = [webOf()], nodes?: number): Promise<SwarmLife> {
  const stage = await openStage(specs);
  onTestFinished(() => stage.close());
  const { clock } = stage.engine;
  const names = Array.from({ length: nodes ?? 1 }, (_, index) => ({ hostname: `node${index + 1}` }));
  const swarm = new SimulatedSwarm(clock, names);
  const engineOf = (cluster: Cluster): Engine =>
    connectSwarm({ cluster, lease: "default", credentials: () => Promise.resolve(undefined), clock });
  const seen = async () => (await engineOf(swarm.cluster).snapshot()).containers;
  return {
    stage,
    swarm,
    push: (letter, behaviour = {}) => {
      swarm.publish(digestOf(letter), behaviour);
      for (const spec of specs) stage.registry.publish(formatImage(spec.image), digestOf(letter));
    },
    start: ({ cluster = swarm.cluster, forgetful = false } = {}) =>
      stage.start({ engine: engineOf(cluster), forgetful }),
    running: () =>
      swarm
        .tasks("shop_web")
        .filter(({ state, desired }) => state === "running" && desired === "running")
        .map(({ template }) => template.ContainerSpec.Image.replace(/^.*@/, "")),
    seen,
    containers: async () => (await seen()).map(({ name, state }) => `${name} ${state}`).sort(),
  };
}

export function statusOf(controller: Controller): ServiceStatus | undefined {
  return controller.surface.service("shop/web");
}

export function serves(controller: Controller, letter: string): boolean {
  const status = statusOf(controller);
  const isReady = status?.conditions.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
  return isReady && status?.activeDigest === digestOf(letter);
}

const changing: ReadonlySet<string> = new Set<keyof Cluster>([
  "createConfig",
  "createSecret",
  "labelConfig",
  "removeConfig",
  "removeSecret",
  "createNetwork",
  "removeNetwork",
  "createService",
  "updateService",
  "removeService",
]);

/** The Swarm as a controller sees it that dies before or after its n-th changing call: from then on nothing answers it. */
export function mortalCluster(cluster: Cluster, death: { readonly call: number; readonly moment: "before" | "after" }) {
  const life = { calls: 0, over: false };
  const isOver = () => life.over;
  const never = new Promise<never>(() => undefined);
  const seen = new Proxy(cluster, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]): Promise<unknown> => {
        if (isOver()) return never;
        const work = () => Reflect.apply(member, target, args) as unknown;
        if (!changing.has(String(name))) {
          const answer = await work();
          return isOver() ? never : answer;
        }
        life.calls += 1;
        if (life.calls !== death.call) return work();
        life.over = true;
        if (death.moment === "after") await Promise.resolve(work()).catch(() => undefined);
        return never;
      };
    },
  });
  return { cluster: seen, dead: isOver };
}
