import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../src/compose/model/service.js";
import { strategyOf } from "../../../src/plan/judge/strategy.js";
import type { HostSnapshot } from "../../../src/plan/model/host/host-snapshot.js";
import { inEverySlot, viewOf } from "../../../src/plan/model/view.js";
import { plan } from "../../../src/plan/plan.js";
import { bad, drive } from "./drive.js";
import type { Arrival, Behaviour } from "./drive.js";
import { fleet, fleetSpec } from "./fleet.js";
import { desire, digestOf } from "./world.js";

const orders = fc.constantFrom("start-first" as const, "stop-first" as const);
const counts = fc.integer({ min: 2, max: 5 });
const widths = fc.integer({ min: 0, max: 5 });
const delays = fc.constantFrom(0, 3_000);
const specs = fc
  .tuple(counts, widths, orders, delays)
  .map(([replicas, parallelism, order, delayMs]) => fleetSpec(replicas, { parallelism, order, delayMs }));
const bads = fc.constantFrom(...bad);
const goods = fc.constantFrom<Behaviour>("good", "checked");
const crashes = fc.uniqueArray(fc.nat(60), { maxLength: 4 }).map((list) => new Set(list));

function serving(host: HostSnapshot): number {
  return host.containers.filter(
    ({ state, networks }) => state === "running" && networks.some(({ aliases }) => aliases.includes("web")),
  ).length;
}

function fewest(spec: ServiceSpec): number {
  const count = spec.replicas ?? 1;
  const width = spec.update.parallelism === 0 ? count : (spec.update.parallelism ?? 1);
  return strategyOf(spec, viewOf(fleet(spec.replicas ?? 1), spec, new Map())).order === "start-first"
    ? count
    : Math.max(0, count - width);
}

interface Trip {
  readonly spec: ServiceSpec;
  readonly behaviour: Behaviour;
  readonly slots?: ReadonlySet<number>;
  readonly dies: ReadonlySet<number>;
  readonly forgetful: boolean;
  readonly start?: HostSnapshot;
  readonly letter?: string;
}

function run({ spec, behaviour, slots, dies, forgetful, start, letter = "b" }: Trip): Arrival {
  return drive({
    desired: desire(letter, spec),
    start: start ?? fleet(spec.replicas ?? 1),
    behaviours: { b: behaviour },
    ...(slots === undefined ? {} : { slots }),
    crashes: dies,
    forgetful,
    onStep: (step, before, after) => {
      if ("container" in step) {
        expect(
          before.containers.some(({ name }) => name === step.container),
          `${step.kind} reaches one of ours`,
        ).toBe(true);
      }
      expect(serving(after), `enough serve after ${step.kind}`).toBeGreaterThanOrEqual(fewest(spec));
      expect(after.foreign.map(({ name }) => name)).toEqual(["other"]);
    },
  });
}

describe("several replicas, from any crash", () => {
  it("a good image becomes active in every slot, under one revision, and nothing is left over", () => {
    fc.assert(
      fc.property(specs, goods, crashes, fc.boolean(), (spec, behaviour, dies, forgetful) => {
        const { host, outcome } = run({ spec, behaviour, dies, forgetful });
        expect(outcome.kind).toBe("converged");
        const actives = inEverySlot(host.containers, "active");
        expect(actives.map(({ slot }) => slot)).toEqual(
          Array.from({ length: spec.replicas ?? 1 }, (_, index) => index + 1),
        );
        for (const active of actives) {
          expect(active).toMatchObject({
            digest: digestOf("b"),
            revision: 2,
            state: "running",
            restartPolicy: { name: "always" },
            networks: [{ aliases: ["web"] }],
          });
        }
        expect(new Set(host.containers.map(({ role }) => role))).toEqual(new Set(["active", "previous"]));
        expect(inEverySlot(host.containers, "previous").every(({ state }) => state === "exited")).toBe(true);
      }),
    );
  });

  it("an image that is bad in one slot ends held, with the very same old containers in all", () => {
    fc.assert(
      fc.property(specs, bads, fc.nat(4), crashes, fc.boolean(), (spec, behaviour, nth, dies, forgetful) => {
        const count = spec.replicas ?? 1;
        const slots = new Set([(nth % count) + 1]);
        const { host, outcome } = run({ spec, behaviour, slots, dies, forgetful });
        expect(outcome).toMatchObject({ kind: "blocked", reason: "DigestHeld" });
        const actives = inEverySlot(host.containers, "active");
        expect(actives.map(({ id }) => id)).toEqual(
          Array.from({ length: count }, (_, index) => `id-${index + 1}-active-1`),
        );
        for (const active of actives) {
          expect(active).toMatchObject({
            state: "running",
            restartPolicy: { name: "always" },
            networks: [{ aliases: ["web"] }],
          });
        }
        const rest = host.containers.filter(({ role }) => role !== "active");
        expect(rest.every(({ role, state }) => role === "failed" && state !== "running")).toBe(true);
      }),
    );
  });

  it("a newer image wins over whatever was cut off", () => {
    fc.assert(
      fc.property(
        specs,
        fc.oneof(goods, bads),
        fc.nat(4),
        fc.nat(40),
        crashes,
        fc.boolean(),
        (spec, behaviour, nth, cut, dies, forgetful) => {
          const slots = new Set([(nth % (spec.replicas ?? 1)) + 1]);
          const halfway = { host: fleet(spec.replicas ?? 1), steps: 0 };
          drive({
            desired: desire("b", spec),
            start: halfway.host,
            behaviours: { b: behaviour },
            slots,
            crashes: new Set(),
            forgetful,
            onStep: (_step, _before, after) => {
              if (halfway.steps < cut) halfway.host = after;
              halfway.steps += 1;
            },
          });
          const trip = { spec, behaviour, slots, dies, forgetful, letter: "c" };
          const { host, outcome } = drive({
            desired: desire("c", spec),
            start: halfway.host,
            behaviours: { b: behaviour },
            slots: trip.slots,
            crashes: dies,
            forgetful,
            onStep: () => undefined,
          });
          expect(outcome.kind).toBe("converged");
          const actives = inEverySlot(host.containers, "active");
          expect(actives).toHaveLength(spec.replicas ?? 1);
          for (const active of actives) expect(active).toMatchObject({ digest: digestOf("c"), state: "running" });
          expect(inEverySlot(host.containers, "next")).toEqual([]);
        },
      ),
    );
  });

  it("grows and shrinks", () => {
    fc.assert(
      fc.property(counts, fc.nat(5), crashes, fc.boolean(), (from, to, dies, forgetful) => {
        const spec = fleetSpec(to);
        const { host, outcome } = drive({
          desired: desire("a", spec),
          start: fleet(from),
          behaviours: {},
          crashes: dies,
          forgetful,
          onStep: (_step, _before, after) => {
            expect(serving(after)).toBeGreaterThanOrEqual(Math.min(from, to));
          },
        });
        expect(outcome.kind).toBe("converged");
        expect(host.containers.map(({ slot, role, digest }) => [slot, role, digest]).sort()).toEqual(
          Array.from({ length: to }, (_, index) => [index + 1, "active", digestOf("a")]),
        );
        expect(host.containers.every(({ revision }) => revision === 1)).toBe(true);
      }),
    );
  });

  it("what has settled stays so", () => {
    fc.assert(
      fc.property(specs, fc.oneof(goods, bads), crashes, (spec, behaviour, dies) => {
        const { host, memory } = run({ spec, behaviour, slots: new Set([2]), dies, forgetful: false });
        expect(plan(desire("b", spec), viewOf(host, spec, new Map()), memory).steps).toEqual([]);
      }),
    );
  });
});
