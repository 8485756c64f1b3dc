import fc from "fast-check";
import { expect, it } from "vitest";
import { inRole } from "../../../../src/plan/model/view.js";
import { bad, drive } from "../drive.js";
import { migrate, seed } from "../jobs.js";
import { containerIn, desire, digestOf, hostWith, imageOf, specOf, stopFirst } from "../world.js";

const restoreDump = { command: ["restore"], timeoutMs: 60_000 };
const jobs = { before: [migrate, seed], onRollback: [restoreDump] };
const specs = fc.constantFrom(
  { ...stopFirst, ...jobs },
  specOf(jobs),
  specOf({ ...jobs, update: { order: "start-first" } }),
  { ...specOf({ ...jobs, update: { order: "start-first" } }), replicas: 2 },
  { ...specOf(jobs), replicas: 2 },
);
const crashes = fc.uniqueArray(fc.nat(60), { maxLength: 4 }).map((list) => new Set(list));

it("runs once after a rollout that failed, over any crash, and then what served serves again", () => {
  fc.assert(
    fc.property(
      specs,
      fc.constantFrom(...bad.filter((one) => one !== "refused")),
      crashes,
      fc.boolean(),
      fc.constantFrom(0, 3),
      (spec, behaviour, dies, forgetful, end) => {
        const actives = Array.from({ length: spec.replicas ?? 1 }, (_, index) =>
          containerIn("active", "a", 1, { id: `id-${index + 1}`, name: `shop-web-${index + 1}`, slot: index + 1 }),
        );
        const starts: string[] = [];
        const images = [
          imageOf(
            "a",
            [1],
            actives.map(({ id }) => id),
          ),
          imageOf("b"),
        ];
        const { host, outcome } = drive({
          desired: desire("b", spec),
          start: hostWith(actives, { images }),
          behaviours: { b: behaviour },
          jobs: { restore: end },
          crashes: dies,
          forgetful,
          onStep: (step, before) => {
            if (step.kind !== "start-container") return;
            const found = before.containers.find(({ name }) => name === step.container);
            if (found?.digest === digestOf("a") && spec.update.order !== "start-first")
              expect(starts, "what served comes back after that").toEqual(["b"]);
            if (found?.job?.phase !== "on_rollback") return;
            starts.push(found.digest.slice(7, 8));
            const up = before.containers.filter((one) => one.job === undefined && one.state === "running");
            expect(up.filter(({ digest }) => digest === digestOf("b"))).toEqual([]);
            if (spec.update.order !== "start-first") expect(up).toEqual([]);
          },
        });
        expect(starts).toEqual(["b"]);
        expect(outcome).toMatchObject({ kind: "blocked", reason: end === 0 ? "DigestHeld" : "JobFailed" });
        const serving = host.containers.filter(({ role }) => role === "active");
        expect(serving).toMatchObject(actives.map(() => ({ digest: digestOf("a"), state: "running" })));
        expect(inRole(host.containers, "next")).toBeUndefined();
      },
    ),
  );
});
