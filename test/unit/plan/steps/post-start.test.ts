import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forecast } from "../../../../src/plan/forecast.js";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { ranPostStart } from "../../../../src/plan/model/run-memory.js";
import type { PostStart, PostStartMemory } from "../../../../src/plan/model/run-memory.js";
import { drive } from "../drive.js";
import { containerIn, desire, digestOf, hostWith, imageOf, now, planText, specOf } from "../world.js";

const spec = specOf({ postStart: [{ command: ["/app", "--token=hush"] }, { command: ["/more"] }] });
const images = [imageOf("a", [1]), imageOf("b", [2])];
const at = (...containers: readonly ObservedContainer[]) => hostWith(containers, { images });
const active = containerIn("active", "a", 1);
const next = (patch: Partial<ObservedContainer> = {}) =>
  containerIn("next", "b", 2, { startedAt: now - 3_000, ...patch });
const remembering = (container: ObservedContainer, patch: Partial<PostStart> = {}) => ({
  postStarts: new Map([[container.id, { startedAt: container.startedAt, ...patch }]]),
});

describe("post_start", () => {
  it("runs in a new container once that has started, before anything is concluded from its health", () => {
    expect(planText({ desired: desire("b", spec), host: at(active, next()) })).toMatchInlineSnapshot(`
      "
      1. run post_start in shop-web-1.next (it has started, and is judged after it)
      => continue: RolloutStarted: it has started, and is judged after it
      "
    `);
    const healthy = next({ health: "healthy", healthySince: now - 60_000, startedAt: now - 60_000 });
    expect(planText({ desired: desire("b", spec), host: at(active, healthy) })).toContain("run post_start");
    expect(planText({ desired: desire("b", spec), host: at(active, healthy), memory: remembering(healthy) })).toContain(
      "=> continue: Draining",
    );
  });

  it("never shows its commands", () => {
    expect(planText({ desired: desire("b", spec), host: at(active, next()) })).not.toContain("hush");
  });

  it("that fails is a start that failed: rolled back and held", () => {
    const memory = remembering(next(), { failure: "command 1 of its post_start ended with exit code 3: no disk" });
    expect(planText({ desired: desire("b", spec), host: at(active, next()), memory })).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds its digest)
      2. stop shop-web-1.next, within 10s (command 1 of its post_start ended with exit code 3: no disk)
      3. rename shop-web-1.next to shop-web-1.failed (command 1 of its post_start ended with exit code 3: no disk; it is kept for inspection)
      => continue: StartFailed: command 1 of its post_start ended with exit code 3: no disk
      "
    `);
    const later = remembering(next(), { startedAt: now - 9_000, failure: "of an earlier run" });
    expect(planText({ desired: desire("b", spec), host: at(active, next()), memory: later })).toContain(
      "run post_start",
    );
  });

  it("is not waited for in one that has ended, and does not hide how", () => {
    const over = next({ state: "exited", exitCode: 3, finishedAt: now - 1_000 });
    expect(planText({ desired: desire("b", spec), host: at(active, over) })).toContain("it exited with code 3");
  });

  it("runs again in one that serves after each of its starts, whoever started it", () => {
    const before = remembering(active, { startedAt: now - 90_000 });
    expect(planText({ desired: desire("a", spec), host: at(active), memory: before })).toMatchInlineSnapshot(`
      "
      1. run post_start in shop-web-1 (it was started again)
      => continue: Restarting: it was started again
      "
    `);
    expect(planText({ desired: desire("a", spec), host: at(active), memory: remembering(active) })).toContain(
      "=> converged",
    );
    const failed = remembering(active, { failure: "command 1 of its post_start ended with exit code 3" });
    expect(
      planText({ desired: desire("a", spec), host: at(active), memory: failed }),
      "it had proved itself",
    ).toContain("=> converged");
  });

  it("is taken as done in one that serves when nothing is remembered", () => {
    expect(planText({ desired: desire("a", spec), host: at(active) })).toContain("=> converged");
  });

  it("is foretold once", () => {
    const { lines, end } = forecast(desire("b", spec), at(active), emptyMemory);
    expect(lines.filter((line) => line.startsWith("run post_start"))).toEqual([
      "run post_start in shop-web-1.next (it has started, and is judged after it)",
    ]);
    expect(end.kind).toBe("converged");
  });

  it("is remembered of so many containers and no more", () => {
    const many = Array.from({ length: 300 }, (_, index) => `id-${index}`);
    const memory = many.reduce<PostStartMemory>((known, id) => ranPostStart(known, id, { startedAt: 1 }), new Map());
    expect([memory.size, memory.has("id-299"), memory.has("id-0")]).toEqual([200, true, false]);
  });

  it("runs at least once in every container that comes to serve, from any death", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 4 }),
        fc.boolean(),
        fc.constantFrom("start-first" as const, "stop-first" as const),
        fc.integer({ min: 1, max: 2 }),
        (crashes, forgetful, order, replicas) => {
          const wanted = { ...spec, replicas, update: { ...spec.update, order } };
          const ran = new Set<string>();
          const { host, outcome } = drive({
            desired: desire("b", wanted),
            start: at(active),
            behaviours: { a: "good", b: "good" },
            crashes: new Set(crashes),
            forgetful,
            onStep: (step, before) => {
              const about = before.containers.find(({ name }) => "container" in step && name === step.container);
              if (step.kind === "post-start" && about !== undefined) ran.add(about.id);
              const serves = step.kind === "rename-container" && !step.to.includes(".") && about?.role === "next";
              if (serves) expect(ran.has(about.id)).toBe(true);
            },
          });
          expect(outcome.kind).toBe("converged");
          const serving = host.containers.filter(({ role }) => role === "active");
          expect(serving.map(({ digest }) => digest)).toEqual(serving.map(() => digestOf("b")));
        },
      ),
    );
  });
});
