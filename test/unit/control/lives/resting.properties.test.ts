import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { formatImage } from "../../../../src/compose/values/image.js";
import type { Controller } from "../../../../src/control/controller.js";
import { FairleadError } from "../../../../src/errors.js";
import { Metrics } from "../../../../src/metrics/metrics.js";
import type { Behaviour } from "../../../simulator/behaviour.js";
import { port8080, specOf } from "../../plan/world.js";
import { openStage, quietOffice } from "./stage.js";
import type { Stage } from "./stage.js";

/** What this process has used is no business of the services'. */
const ofProcess = /^(process|nodejs)_/;
const monitor = { monitorMs: 500 };
const image = (repository: string): ServiceSpec["image"] => ({
  registry: "docker.io",
  repository,
  tag: "latest",
  digest: undefined,
});
/** The simulated day begins at midnight. */
const window = { cron: "0 2 * * *", durationMs: 3_600_000, timezone: "UTC" };
const mounted = { type: "bind", source: "/srv/conf", target: "/conf", readOnly: true, createHostPath: false } as const;

/** One for each way in which a service may wait, or hang on something else than itself. */
const specs: readonly ServiceSpec[] = [
  specOf({ update: monitor }),
  specOf({ name: "ports", image: image("acme/ports"), update: monitor, container: { ports: [port8080] } }),
  specOf({ name: "two", image: image("acme/two"), replicas: 2, update: monitor }),
  specOf({ name: "night", image: image("acme/night"), update: monitor, release: { window } }),
  specOf({ name: "ripe", image: image("acme/ripe"), update: monitor, release: { minAgeMs: 7_200_000 } }),
  specOf({ name: "asked", image: image("acme/asked"), update: monitor, release: { approve: true } }),
  specOf({ name: "left", image: image("acme/left"), update: monitor, respectStopMs: 3_600_000 }),
  specOf({
    name: "after",
    image: image("acme/after"),
    update: monitor,
    dependsOn: [{ service: "web", condition: "service_healthy", restart: true }],
  }),
  specOf({
    name: "beside",
    image: image("acme/beside"),
    update: monitor,
    networks: [],
    networkMode: { kind: "service", service: "ports" },
  }),
  specOf({
    name: "probed",
    image: image("acme/probed"),
    update: monitor,
    probe: {
      check: { kind: "tcp", port: 80 },
      intervalMs: 10_000,
      timeoutMs: 1_000,
      retries: 2,
      startPeriodMs: 0,
    },
  }),
  specOf({ name: "files", image: image("acme/files"), update: monitor, container: { mounts: [mounted] } }),
  specOf({ name: "tagged", image: image("acme/tagged"), update: monitor, promote: [{ tag: "stable" }] }),
];

const behaviours: Readonly<Record<string, Behaviour>> = {
  good: {},
  sick: { healthyAfterMs: "never" },
  ends: { check: "none", exitsAfterMs: 3_000 },
  turns: { sickAfterMs: 20_000 },
};

type Deed = readonly [what: string, service: number, how: number];

/** What happens on the host, in the registry, by people, or by time alone; always followed by a look at everything. */
const deeds: Readonly<Record<string, (life: Life, spec: ServiceSpec, how: number) => unknown>> = {
  nothing: () => undefined,
  push: ({ stage }, spec, how) => {
    const letter = "abcdef".charAt(how % 6);
    stage.push(letter, behaviours[Object.keys(behaviours)[how % 4] ?? "good"] ?? {}, spec);
  },
  kill: ({ stage }, spec, how) => {
    stage.engine.kill(idOf(stage, spec, how));
  },
  stop: ({ stage }, spec, how) => {
    stage.engine.stopByHand(idOf(stage, spec, how));
  },
  remove: ({ stage }, spec, how) => {
    stage.engine.removeByHand(idOf(stage, spec, how));
  },
  stranger: (life, spec, how) => {
    life.strangers.push(life.stage.engine.addForeign(`shop-${spec.name}-${1 + (how % 2)}`));
  },
  leave: ({ strangers }) => strangers.pop()?.(),
  prune: ({ stage }) => {
    const { world } = stage.engine;
    world.host = { ...world.host, images: world.host.images.filter(({ usedBy }) => usedBy.length > 0) };
    stage.engine.interrupt(1);
  },
  away: ({ stage }, _spec, how) => {
    stage.engine.interrupt(1_000 + how * 100, { restart: how % 2 === 0 });
  },
  file: ({ stage }, _spec, how) => {
    if (how % 2 === 0) stage.engine.files.replace("/srv/conf", `${how}`);
    else stage.engine.files.overwrite("/srv/conf", `${how}`);
  },
  registry: ({ stage }, _spec, how) => {
    const away = new FairleadError("RegistryUnavailable", "docker.io does not answer");
    stage.registry.down = [undefined, away, "hangs" as const, undefined][how % 4];
  },
  refuse: ({ stage }, spec) => {
    const why = new FairleadError("Unauthorized", "the registry does not let us");
    stage.registry.refusals.set(formatImage({ ...spec.image, tag: "stable" }), why);
  },
  pause: ({ controller }, spec) => controller.surface.pause(`shop/${spec.name}`),
  resume: ({ controller }, spec) => controller.surface.resume(`shop/${spec.name}`),
  approve: ({ controller }, spec) => controller.surface.approve(`shop/${spec.name}`, undefined),
  rollback: ({ controller }, spec) => controller.surface.rollback(`shop/${spec.name}`, undefined),
  retry: ({ controller }, spec) => controller.surface.retry(`shop/${spec.name}`),
  off: ({ controller }, spec, how) => controller.surface.stop(`shop/${spec.name}`, how % 2 === 0 ? 600_000 : undefined),
  on: ({ controller }, spec) => controller.surface.start(`shop/${spec.name}`),
  hook: ({ controller }, spec) => {
    controller.surface.reconcile([`shop/${spec.name}`], "hook");
  },
  sick: ({ stage }, spec, how) => {
    stage.prober.answer = ({ service }) =>
      service === spec.name && how % 2 === 0 ? { kind: "failed", message: "refused" } : { kind: "ready" };
  },
  edit: ({ stage }, spec, how) => {
    const at = stage.specs.findIndex(({ name }) => name === spec.name);
    stage.specs[at] = { ...spec, container: { ...spec.container, labels: { edit: `${how % 3}` } } };
    stage.reload();
  },
  later: ({ stage }, _spec, how) => stage.pass(how * 200),
  hours: async ({ stage }, _spec, how) => {
    await stage.engine.clock.advance((how % 4) * 3_600_000);
  },
};

interface Life {
  readonly stage: Stage;
  readonly controller: Controller;
  readonly strangers: (() => void)[];
}

function idOf(stage: Stage, { name }: ServiceSpec, how: number): string {
  const own = stage.engine.world.host.containers.filter(({ service }) => service === name);
  return own[how % Math.max(1, own.length)]?.id ?? "";
}

/** All that anybody can see of it after each deed, and how often it was planned. */
async function live(lived: readonly Deed[], mostRestMs: number | undefined) {
  const stage = await openStage([...specs]);
  onTestFinished(() => stage.close());
  stage.engine.files.replace("/srv/conf", "first");
  for (const spec of specs) stage.push("a", {}, spec);
  const counts = { planned: 0 };
  const telemetry = new Metrics("0");
  const clear = () => {
    counts.planned += 1;
    return Promise.resolve();
  };
  const office = { ...quietOffice, standbys: { ...quietOffice.standbys, clear } };
  const controller = await stage.start({ telemetry, office, ...(mostRestMs === undefined ? {} : { mostRestMs }) });
  await stage.pass(5_000);
  const life: Life = { stage, controller, strangers: [] };
  const seen: unknown[] = [];
  for (const [what, service, how] of lived) {
    const spec = stage.specs[service % specs.length] ?? specOf();
    await Promise.resolve(deeds[what]?.(life, spec, how)).catch(() => undefined);
    // A moment later, or when all has come to rest.
    await stage.pass(how % 3 === 0 ? 100 : 8_000);
    stage.engine.world.emit({ kind: "resync" });
    await stage.pass(2_000);
    const explained = stage.specs.map(({ name }) => controller.surface.explain(`shop/${name}`));
    const { containers } = stage.engine.world.host;
    seen.push({
      what: [what, spec.name, how],
      services: controller.surface.services(),
      explained: await Promise.all(explained),
      containers: containers.map(({ name, state, digest, revision }) => [name, state, digest, revision]),
      calls: [...stage.engine.counts.calls],
      asked: stage.registry.asked.length,
      metrics: (await telemetry.render())
        .split("\n")
        .filter((line) => !ofProcess.test(line))
        .sort(),
    });
  }
  void controller.stop();
  await stage.pass(15_000);
  return { seen, planned: counts.planned };
}

const anyDeed = fc.tuple(
  fc.constantFrom(...Object.keys(deeds), "nothing", "push", "push", "later"),
  fc.nat({ max: specs.length - 1 }),
  fc.nat({ max: 60 }),
);

it("whatever happens, who is left alone is told, shown and counted as if it had been planned for", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyDeed, { minLength: 1, maxLength: 8 }), async (lived) => {
      const always = await live(lived, 0);
      const rested = await live(lived, undefined);
      expect(rested.seen).toEqual(always.seen);
      expect(rested.planned).toBeLessThanOrEqual(always.planned);
    }),
    { numRuns: 6 },
  );
}, 300_000);

it("a look at everything does not plan for everybody where nothing has changed", async () => {
  const quiet = (looks: number) => Array.from({ length: looks }, (): Deed => ["nothing", 0, 1]);
  // The first looks are at rollouts that have not ended yet.
  const planned = async (mostRestMs: number | undefined) => {
    const [few, many] = [await live(quiet(6), mostRestMs), await live(quiet(14), mostRestMs)];
    return { seen: many.seen, count: many.planned - few.planned };
  };
  const [always, rested] = [await planned(0), await planned(undefined)];
  expect(rested.seen).toEqual(always.seen);
  // Those that begin before the look has been compared with the one before are planned for.
  expect(rested.count).toBeLessThan(always.count * 0.75);
}, 300_000);
