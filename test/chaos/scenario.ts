import type { ImageOptions } from "../sandbox/registry/image.js";

/** A kind of rollout: how the service is declared, and what the pushed image does. */
export interface Scenario {
  readonly name: string;
  readonly text: string;
  readonly service: object;
  readonly beside?: object;
  readonly replicas: number;
  readonly image: ImageOptions;
  /** Whether the pushed image is to serve in the end, or to be held. */
  readonly ends: "promoted" | "held";
  /** What the containers write is to outlive them. */
  readonly writes?: true;
}

const quick = { intervalMs: 400, timeoutMs: 10_000, retries: 2 } as const;
const good: ImageOptions = { healthcheck: quick };
const unhealthy: ImageOptions = { healthcheck: quick, behaviour: "never-healthy" };
const crashing: ImageOptions = { behaviour: "exit-at-once" };

const update = (order: "start-first" | "stop-first") => ({ deploy: { update_config: { monitor: "600ms", order } } });
const written = { ...update("stop-first"), volumes: ["/scratch"] };
const gated = {
  ...update("start-first"),
  ports: ["127.0.0.1:18080:8080"],
  "x-fairlead": { gate: "http" },
};
const job = { "x-fairlead": { before: [{ command: ["run", "sh", "-c", "sleep 1"], timeout: "60s" }] } };
const replicas = { deploy: { replicas: 2, update_config: { monitor: "600ms", order: "start-first" } } };

export const scenarios: readonly Scenario[] = [
  {
    name: "start-first",
    text: "start-first, a good image",
    service: update("start-first"),
    replicas: 1,
    image: good,
    ends: "promoted",
  },
  {
    name: "start-first-bad",
    text: "start-first, an image that never gets healthy",
    service: update("start-first"),
    replicas: 1,
    image: unhealthy,
    ends: "held",
  },
  {
    name: "stop-first",
    text: "stop-first, a good image, a volume that is written to",
    service: written,
    replicas: 1,
    image: good,
    ends: "promoted",
    writes: true,
  },
  {
    name: "stop-first-bad",
    text: "stop-first, an image that exits at once, a volume that is written to",
    service: written,
    replicas: 1,
    image: crashing,
    ends: "held",
    writes: true,
  },
  { name: "gate", text: "behind a gate, a good image", service: gated, replicas: 1, image: good, ends: "promoted" },
  {
    name: "gate-bad",
    text: "behind a gate, an image that exits at once",
    service: gated,
    replicas: 1,
    image: crashing,
    ends: "held",
  },
  {
    name: "replicas",
    text: "two replicas, a good image",
    service: replicas,
    replicas: 2,
    image: good,
    ends: "promoted",
  },
  {
    name: "replicas-bad",
    text: "two replicas, an image that never gets healthy",
    service: replicas,
    replicas: 2,
    image: unhealthy,
    ends: "held",
  },
  {
    name: "job",
    text: "a job before the rollout, a good image",
    service: { ...update("start-first"), ...job },
    replicas: 1,
    image: good,
    ends: "promoted",
  },
];
