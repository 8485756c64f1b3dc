import { Readable } from "node:stream";
import type { ServiceKey } from "../../../src/compose/model/service.js";
import { parseImage } from "../../../src/compose/values/image.js";
import type { ImageHint } from "../../../src/compose/values/image.js";
import type { Problem } from "../../../src/compose/values/problem.js";
import type { Delivery } from "../../../src/control/surface/deliveries.js";
import type { EngineState } from "../../../src/control/surface/engine-state.js";
import type { ServicePlan } from "../../../src/control/surface/forecast/service-plan.js";
import type { Progress, Surface } from "../../../src/control/surface/surface.js";
import type { Orphan } from "../../../src/plan/host/orphans.js";
import { conditionTypes, type ServiceStatus } from "../../../src/plan/model/condition.js";

/** A controller that only remembers: what it declares is a table, what it was asked is a list. */
export interface FakeSurface extends Surface {
  readonly reconciled: {
    readonly keys: readonly ServiceKey[];
    readonly cause: string;
    readonly pushed?: readonly ImageHint[] | undefined;
  }[];
  readonly insisted: FakeSurface["reconciled"];
  readonly rebuilt: { readonly keys: readonly ServiceKey[]; readonly cause: string }[];
  readonly retried: ServiceKey[];
  readonly adopted: ServiceKey[];
  /** `pause shop/web`, `rollback shop/web 2`. */
  readonly released: string[];
  /** `pause shop/web: the vendor is down`. */
  readonly reasons: string[];
  readonly told: Delivery[];
  durable: boolean;
}

export interface Declared {
  readonly images?: Readonly<Record<ServiceKey, string>>;
  /** Which of them are built here. */
  readonly builds?: readonly ServiceKey[];
  readonly ready?: boolean;
  readonly engine?: EngineState;
  readonly problems?: readonly Problem[];
  readonly orphans?: readonly Orphan[];
  readonly plan?: () => Promise<readonly ServicePlan[]>;
  readonly retry?: (key: ServiceKey) => Promise<void>;
  readonly logs?: Surface["logs"];
  readonly events?: Surface["events"];
  readonly progresses?: Surface["progresses"];
  readonly kept?: Surface["kept"];
  readonly pushed?: Surface["pushed"];
  readonly sync?: Surface["sync"];
}

export const shop: Readonly<Record<ServiceKey, string>> = {
  "shop/web": "notarock/portfolio-ng:latest",
  "shop/mirror": "notarock/portfolio-ng:latest",
  "shop/edge": "notarock/portfolio-ng:edge",
  "shop/proxy": "nginx:1.27",
  "shop/own": "registry.example.com:5000/team/app:v1",
};

export function fakeSurface({
  images = shop,
  builds = [],
  ready = true,
  engine = { kind: "reachable", clockSkewSeconds: 0 },
  problems = [],
  orphans = [],
  plan,
  retry,
  logs,
  events,
  progresses,
  kept = () => Promise.resolve([]),
  pushed = () => ({ looking: [], reason: "no repository is followed" }),
  sync = () => Promise.resolve(undefined),
}: Declared = {}): FakeSurface {
  const entries = Object.entries(images).map(([key, image]) => ({ key: key as ServiceKey, image }));
  const surface: FakeSurface = {
    reconciled: [],
    insisted: [],
    rebuilt: [],
    retried: [],
    adopted: [],
    released: [],
    reasons: [],
    told: [],
    durable: true,
    delivered: (delivery) => {
      surface.told.push(delivery);
    },
    deliveries: () =>
      surface.told.map(({ hook, outcome }) => ({
        ...{ id: "1-0", at: "2026-01-31T12:00:00.000Z", type: "delivery", reason: outcome },
        message: `hook ${hook}: <${outcome}>`,
      })),
    ready: () => ready,
    engine: () => engine,
    problems: () => problems,
    repositories: () => [],
    pushed,
    kept,
    sync,
    services: () => entries.map(({ key, image }) => statusOf(key, image)),
    service: (key) => surface.services().find(({ project, service }) => `${project}/${service}` === key),
    keysForImage: (wanted) =>
      entries
        .filter(({ image }) => {
          const declared = parseImage(image);
          return (
            (wanted.registry === undefined || declared.registry === wanted.registry) &&
            declared.repository === wanted.repository &&
            (wanted.tag === undefined || declared.tag === wanted.tag)
          );
        })
        .map(({ key }) => key),
    keysForName: (name) => {
      const keys = entries.map(({ key }) => key);
      return keys.filter((key) => key === name || key.endsWith(`/${name}`));
    },
    keysForContainer: (name) => entries.map(({ key }) => key).filter((key) => name === `${key.replace("/", "-")}-1`),
    rebuild: (keys, cause) => {
      const built = keys.filter((key) => builds.includes(key));
      if (built.length > 0) surface.rebuilt.push({ keys: built, cause });
      return Promise.resolve(built);
    },
    buildOutput: (key) => (builds.includes(key) ? { ...buildOf(key), dropped: 3 } : undefined),
    progress: (key) => progressOf(key),
    progresses: (keys, signal) =>
      progresses?.(keys, signal) ?? Readable.from((keys === "all" ? [] : keys).map(progressOf)),
    events: events ?? (() => Readable.from([])),
    logs: logs ?? (() => Promise.resolve({ containers: [], entries: Readable.from([]) })),
    images: (key) =>
      Promise.resolve(
        images[key] === undefined ? undefined : { image: images[key], running: [], candidates: [], more: 0 },
      ),
    reconcile: (keys, cause, pushed) => {
      surface.reconciled.push({ keys, cause, pushed });
    },
    insist: (key, cause, why) => {
      surface.insisted.push({ keys: [key], cause });
      if (why !== undefined) surface.reasons.push(`reconcile ${key}: ${why}`);
    },
    retry: async (key, why) => {
      await retry?.(key);
      surface.retried.push(key);
      if (why !== undefined) surface.reasons.push(`retry ${key}: ${why}`);
      return { unchanged: "nothing of it was held" };
    },
    adopt: (key, why) => {
      surface.adopted.push(key);
      if (why !== undefined) surface.reasons.push(`adopt ${key}: ${why}`);
      return Promise.resolve([`${key}_1`]);
    },
    rollback: (key, to, why) => {
      if (why !== undefined) surface.reasons.push(`rollback ${key}: ${why}`);
      surface.released.push(`rollback ${key} ${to ?? "-"}`);
      return Promise.resolve({ revision: 2, digest: `sha256:${"b".repeat(64)}`, spec: "own" });
    },
    approve: (key, digest, why) => {
      if (why !== undefined) surface.reasons.push(`approve ${key}: ${why}`);
      surface.released.push(`approve ${key} ${digest ?? "-"}`);
      return Promise.resolve({ digest: `sha256:${"c".repeat(64)}`, specHash: "H" });
    },
    pause: (key, why) => {
      if (why !== undefined) surface.reasons.push(`pause ${key}: ${why}`);
      surface.released.push(`pause ${key}`);
      return Promise.resolve({});
    },
    stop: (key, forMs, why) => {
      if (why !== undefined) surface.reasons.push(`stop ${key}: ${why}`);
      surface.released.push(`stop ${key} ${forMs ?? ""}`.trim());
      return Promise.resolve(forMs === undefined ? {} : { until: new Date(forMs).toISOString() });
    },
    start: (key, why) => {
      if (why !== undefined) surface.reasons.push(`start ${key}: ${why}`);
      surface.released.push(`start ${key}`);
      return Promise.resolve({ stoppedByFile: false });
    },
    resume: (key, why) => {
      if (why !== undefined) surface.reasons.push(`resume ${key}: ${why}`);
      surface.released.push(`resume ${key}`);
      return Promise.resolve({ pausedByFile: true });
    },
    isDurable: () => surface.durable,
    journal: () => (surface.durable ? { kind: "written" } : { kind: "failing", message: "no space left" }),
    diff: (key) =>
      Promise.resolve({ file: { service: { image: images[key] } }, isSameSpec: false, untold: ["x-fairlead.probe"] }),
    explain: (key) =>
      Promise.resolve({
        sentences: [`${key} runs.`],
        next: { what: "nothing" },
        can: [{ command: `fairlead retry ${key}`, what: "try it again" }],
      }),
    replicas: () => Promise.resolve({ replicas: [] }),
    history: () => Promise.resolve({ revisions: [], paused: false, reloads: [], failures: [] }),
    orphans: () => Promise.resolve(orphans),
    plan: plan ?? (() => Promise.resolve([])),
    preview: (key, order) =>
      Promise.resolve({
        ...{ project: "shop", service: "web", changes: true },
        text: `${key} as if ${JSON.stringify(order)}\n  pull <it>`,
      }),
  };
  return surface;
}

function progressOf(key: ServiceKey): Progress {
  const [project = "", service = ""] = key.split("/");
  const steps = [{ text: "start it", kind: "start-container", state: "running", beganAt: at }] as const;
  return { project, service, rollout: { revision: 4, beganAt: at, steps, moreSteps: 0, pull: null, health: null } };
}

const at = "2026-01-01T00:00:00.000Z";

function buildOf(key: ServiceKey) {
  return { lines: [`${key} line 1`, "line 2"], beganAt: "2026-01-01T00:00:00.000Z", state: "built" } as const;
}

export function statusOf(key: ServiceKey, image: string): ServiceStatus {
  const [project = "", service = ""] = key.split("/");
  return {
    project,
    service,
    image,
    sync: "Synced",
    health: "Healthy",
    desiredDigest: `sha256:${"a".repeat(64)}`,
    activeDigest: `sha256:${"a".repeat(64)}`,
    revision: 3,
    replicas: { desired: 1, ready: 1, updated: 1 },
    conditions: conditionTypes.map((type) => ({
      type,
      status: ["RolledBack", "StaleMount", "LocalChanges"].includes(type) ? "False" : "True",
      reason: "Converged",
      message: "as declared",
      observedGeneration: 1,
      lastTransitionTime: "2026-01-01T00:00:00.000Z",
    })),
    lastRollout: undefined,
  };
}
