import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceStatus } from "../../src/plan/model/condition.js";
import type { FairleadProcess } from "../sandbox/fairlead.js";
import type { ImageShop, SampleImage } from "./image.js";
import { startLoad } from "./load.js";
import { seeded } from "./random.js";
import type { Report } from "./report.js";
import { until } from "./until.js";

/** A gated service that serves, and Fairlead, which watches over it. */
export interface ChaosScene {
  /** Where the gate listens. */
  readonly url: string;
  readonly shop: ImageShop;
  /** The service's image. */
  readonly tag: string;
  /** What the tag stands for now, and the service runs. */
  readonly serving: { readonly version: string; readonly digest: string };
  /** The one that runs now. */
  readonly fairlead: () => FairleadProcess;
  /** Starts it again after its death, and answers when it is ready. */
  restart(): Promise<void>;
  /** The webhook of a push; it may find nobody. */
  hook(): Promise<unknown>;
  status(): Promise<ServiceStatus | undefined>;
  /** Names and states of the service's and its gate's containers. */
  containers(): Promise<readonly { readonly name: string; readonly state: string; readonly digest: string }[]>;
}

export interface ChaosOptions {
  readonly rollouts: number;
  readonly seed: number;
  readonly ratePerSecond?: number;
  /** The death comes at any moment up to so long after the webhook; default 4 s, which is about one rollout. */
  readonly withinMs?: number;
  readonly say?: (line: string) => void;
}

export interface ChaosReport {
  readonly load: Report;
  readonly deaths: readonly Death[];
  /** Containers that should not be there, or not so, when all is over; the service's own digest is the last good one. */
  readonly left: readonly string[];
}

export interface Death {
  readonly behaviour: SampleImage["behaviour"];
  readonly afterMs: number;
  /** The last step that it had begun, of this rollout; undefined: none yet. */
  readonly step: string | undefined;
  /** From the death to the end of the rollout. */
  readonly recoveredMs: number;
}

/** One rollout after another under load, good and bad ones, and Fairlead is killed in each of them. */
export async function runChaos(scene: ChaosScene, options: ChaosOptions): Promise<ChaosReport> {
  const { rollouts, seed, ratePerSecond = 500, withinMs = 4_000, say = () => undefined } = options;
  const random = seeded(seed);
  const load = startLoad({ url: scene.url, ratePerSecond });
  try {
    await load.settled(scene.serving.version);
    const deaths: Death[] = [];
    let good = scene.serving;
    for (let n = 1; n <= rollouts; n += 1) {
      const behaviour = behaviours[Math.floor(random() * behaviours.length)]!;
      const afterMs = Math.round(random() * withinMs);
      const version = `chaos-${n}`;
      const digest = await scene.shop.publish(scene.tag, { version, behaviour });
      if (behaviour === "good") good = { version, digest };
      const death = await dieOnce(scene, { behaviour, afterMs, digest, good: good.digest });
      say(
        `${n}: ${behaviour}, killed after ${afterMs} ms (${death.step ?? "no step"}), ${load.report().failed} failed`,
      );
      deaths.push(death);
    }
    await load.settled(good.version);
    const left = await leftOver(scene, good.digest);
    return { load: await load.stop(), deaths, left };
  } finally {
    await load.stop();
  }
}

/** More good than bad of each kind. */
const behaviours = ["good", "good", "good", "broken", "unhealthy", "exit"] as const;

interface Round {
  readonly behaviour: SampleImage["behaviour"];
  readonly afterMs: number;
  /** What it is rolled out to, and what must serve at the end. */
  readonly digest: string;
  readonly good: string;
}

async function dieOnce(scene: ChaosScene, { behaviour, afterMs, digest, good }: Round): Promise<Death> {
  const fairlead = scene.fairlead();
  const lines = fairlead.logs.length;
  // The death may come before the answer.
  await Promise.all([scene.hook().catch(() => undefined), sleep(afterMs)]);
  await fairlead.kill("SIGKILL");
  const diedAt = Date.now();
  const steps = fairlead.logs.slice(lines).map((line) => line["step"]);
  const step = steps.findLast((one) => typeof one === "string");
  await scene.restart();
  const what = `the end of a rollout to a ${behaviour} image after a death ${afterMs} ms into it`;
  await until(what, async () => isOver(await scene.status().catch(() => undefined), { digest, good }));
  return { behaviour, afterMs, step, recoveredMs: Date.now() - diedAt };
}

/** A good one serves; a bad one is held back, and the last good one serves. */
function isOver(status: ServiceStatus | undefined, { digest, good }: { digest: string; good: string }): boolean {
  if (status?.desiredDigest !== digest || status.activeDigest !== good || status.health !== "Healthy") return false;
  return status.sync === (digest === good ? "Synced" : "Held");
}

/** Of the service only its active container runs, with its gate; what is kept beside them has stopped. */
async function leftOver(scene: ChaosScene, digest: string): Promise<readonly string[]> {
  let left: readonly string[] = [];
  const look = async () => {
    left = (await scene.containers()).filter((one) => !isInOrder(one, digest)).map((one) => JSON.stringify(one));
    return left.length === 0;
  };
  // The status comes before the last clean-up.
  await until("order", look, 20_000).catch(() => undefined);
  return left;
}

function isInOrder(container: { name: string; state: string; digest: string }, digest: string): boolean {
  if (/\.gate-1$/.test(container.name)) return container.state === "running";
  if (/-1$/.test(container.name)) return container.state === "running" && container.digest === digest;
  return /-1\.(previous|failed)$/.test(container.name) && container.state === "exited";
}
