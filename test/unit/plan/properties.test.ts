import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { strategyOf } from "../../../src/plan/judge/strategy.js";
import type { Desired } from "../../../src/plan/model/desired.js";
import type { HostSnapshot } from "../../../src/plan/model/host/host-snapshot.js";
import type { Step } from "../../../src/plan/model/step.js";
import { inRole, viewOf } from "../../../src/plan/model/view.js";
import { plan } from "../../../src/plan/plan.js";
import { renderPlan } from "../../../src/plan/steps/render.js";
import { bad, drive } from "./drive.js";
import type { Arrival, Behaviour } from "./drive.js";
import { containerIn, desire, digestOf, foreignContainer, hostWith, imageOf, specOf, stopFirst } from "./world.js";

const start = () =>
  hostWith([containerIn("active", "a", 1)], {
    images: [imageOf("a", [1], ["id-active-1"]), imageOf("b"), imageOf("c")],
    foreign: [foreignContainer("other")],
  });
const specs = fc.constantFrom(specOf(), stopFirst, specOf({ update: { monitorMs: 200 } }));
const goods = fc.constantFrom<Behaviour>("good", "checked");
const bads = fc.constantFrom(...bad);
const crashes = fc.uniqueArray(fc.nat(24), { maxLength: 3 }).map((list) => new Set(list));

function reachable(step: Step, before: HostSnapshot): boolean {
  return !("container" in step) || before.containers.some(({ name }) => name === step.container);
}

function serves(host: HostSnapshot): boolean {
  return host.containers.some(
    (one) => one.state === "running" && one.networks.some(({ aliases }) => aliases.includes("web")),
  );
}

function run(
  desired: Desired,
  behaviour: Behaviour,
  dies: ReadonlySet<number>,
  forgetful: boolean,
  from = start(),
): Arrival {
  return drive({
    desired,
    start: from,
    behaviours: { b: behaviour },
    crashes: dies,
    forgetful,
    onStep: (step, before, after) => {
      expect(reachable(step, before), `${step.kind} reaches a container of ours`).toBe(true);
      if (strategyOf(desired.spec, viewOf(from, desired.spec, new Map())).order === "start-first")
        expect(serves(after), `someone serves after ${step.kind}`).toBe(true);
      const next = inRole(after.containers, "next");
      const active = inRole(after.containers, "active");
      if (bad.includes(behaviour) && next?.digest === digestOf("b") && active?.state === "running") {
        expect(
          next.networks.flatMap(({ aliases }) => aliases),
          "an unproven one answers to no alias",
        ).toEqual(
          strategyOf(desired.spec, viewOf(from, desired.spec, new Map())).order === "stop-first"
            ? next.networks.flatMap(({ aliases }) => aliases)
            : [],
        );
      }
    },
  });
}

describe("from any crash", () => {
  it("a good image becomes active and nothing of ours is left over", () => {
    fc.assert(
      fc.property(specs, goods, crashes, fc.boolean(), (spec, behaviour, dies, forgetful) => {
        const { host, outcome } = run(desire("b", spec), behaviour, dies, forgetful);
        expect(outcome.kind).toBe("converged");
        expect(inRole(host.containers, "active")).toMatchObject({
          digest: digestOf("b"),
          state: "running",
          restartPolicy: { name: "always" },
          networks: [{ aliases: ["web"] }],
        });
        expect(host.containers.map(({ role }) => role).sort()).toEqual(["active", "previous"]);
        expect(inRole(host.containers, "previous")).toMatchObject({ state: "exited", restartPolicy: { name: "no" } });
      }),
    );
  });

  it("a bad image ends held, on the old container, and nothing rolls back that", () => {
    fc.assert(
      fc.property(specs, bads, crashes, fc.boolean(), (spec, behaviour, dies, forgetful) => {
        const { host, outcome, steps } = run(desire("b", spec), behaviour, dies, forgetful);
        expect(outcome).toMatchObject({ kind: "blocked", reason: "DigestHeld" });
        expect(inRole(host.containers, "active")).toMatchObject({
          id: "id-active-1",
          state: "running",
          restartPolicy: { name: "always" },
        });
        expect(host.containers.map(({ role }) => role).sort()).toEqual(["active", "failed"]);
        const births = steps.filter(({ kind }) => kind === "create-container").length;
        expect(births).toBe(1);
      }),
    );
  });

  it("a first start ends active or held", () => {
    fc.assert(
      fc.property(specs, fc.oneof(goods, bads), crashes, fc.boolean(), (any, behaviour, dies, forgetful) => {
        const spec = { ...any, update: { ...any.update, failureActionGiven: true as const } };
        const nothing = hostWith([], { images: [imageOf("b")], networks: new Map() });
        const { host, outcome } = drive({
          desired: desire("b", spec),
          start: nothing,
          behaviours: { b: behaviour },
          crashes: dies,
          forgetful,
          onStep: () => undefined,
        });
        const role = bad.includes(behaviour) ? "failed" : "active";
        expect(outcome.kind).toBe(bad.includes(behaviour) ? "blocked" : "converged");
        expect(host.containers.map((container) => container.role)).toEqual([role]);
      }),
    );
  });

  it("a newer digest wins over a rollout that was cut off", () => {
    fc.assert(
      fc.property(
        specs,
        fc.oneof(goods, bads),
        crashes,
        fc.nat(12),
        fc.boolean(),
        (spec, behaviour, dies, cut, forgetful) => {
          const halfway: { host: HostSnapshot; steps: number } = { host: start(), steps: 0 };
          run(desire("b", spec), behaviour, dies, forgetful);
          drive({
            desired: desire("b", spec),
            start: start(),
            behaviours: { b: behaviour },
            crashes: new Set(),
            forgetful,
            onStep: (_step, _before, after) => {
              if (halfway.steps < cut) halfway.host = after;
              halfway.steps += 1;
            },
          });
          const { host, outcome } = run(desire("c", spec), behaviour, dies, forgetful, halfway.host);
          expect(outcome.kind).toBe("converged");
          expect(inRole(host.containers, "active")).toMatchObject({ digest: digestOf("c"), state: "running" });
          expect(inRole(host.containers, "next")).toBeUndefined();
        },
      ),
    );
  });
});

it("what has settled stays so: the plan is a fixpoint and deterministic", () => {
  fc.assert(
    fc.property(specs, fc.oneof(goods, bads), crashes, (spec, behaviour, dies) => {
      const desired = desire("b", spec);
      const { host, memory } = run(desired, behaviour, dies, false);
      const again = plan(desired, viewOf(host, spec, new Map()), memory);
      expect(again.steps).toEqual([]);
      expect(renderPlan(again)).toBe(renderPlan(plan(desired, viewOf(structuredClone(host), spec, new Map()), memory)));
    }),
  );
});
