import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PreStartSpec } from "../../../src/compose/model/policy/job.js";
import type { HostSnapshot } from "../../../src/plan/model/host/host-snapshot.js";
import type { JobPhase } from "../../../src/plan/model/host/observed.js";
import { inRole } from "../../../src/plan/model/view.js";
import { drive } from "./drive.js";
import type { Arrival } from "./drive.js";
import { migrate, purge, seed } from "./jobs.js";
import { containerIn, desire, digestOf, hostWith, imageOf, specOf, stopFirst } from "./world.js";

const jobs = { before: [migrate, seed], after: [purge] };
const own: PreStartSpec = { command: ["own"], user: "root", timeoutMs: 86_400_000 };
const warm: PreStartSpec = { command: ["warm"], timeoutMs: 86_400_000 };
const hooks = { before: [migrate], preStart: [own, warm] };
const hooked = fc.constantFrom(
  specOf(hooks),
  { ...stopFirst, ...hooks },
  { ...specOf(hooks), replicas: 3 },
  { ...stopFirst, ...hooks, replicas: 2 },
  { ...specOf(hooks), replicas: 2, update: { ...specOf().update, parallelism: 0 } },
);
const specs = fc.constantFrom(
  specOf(jobs),
  { ...stopFirst, ...jobs },
  { ...specOf(jobs), replicas: 3 },
  { ...specOf(jobs), replicas: 2, update: { ...specOf().update, parallelism: 0 } },
);
const crashes = fc.uniqueArray(fc.nat(50), { maxLength: 4 }).map((list) => new Set(list));

interface Told extends Arrival {
  /** Every start of a job, in order: phase, index, and the digest's letter. */
  readonly starts: readonly string[];
}

function run(
  spec: ReturnType<typeof specOf>,
  dies: ReadonlySet<number>,
  forgetful: boolean,
  ends: Readonly<Record<string, number | "hangs">> = {},
): Told {
  const actives = Array.from({ length: spec.replicas ?? 1 }, (_, index) =>
    containerIn("active", "a", 1, { id: `id-${index + 1}`, name: `shop-web-${index + 1}`, slot: index + 1 }),
  );
  const images = [
    imageOf(
      "a",
      [1],
      actives.map(({ id }) => id),
    ),
    imageOf("b"),
  ];
  const starts: string[] = [];
  const arrival = drive({
    desired: desire("b", spec),
    start: hostWith(actives, { images }),
    behaviours: {},
    jobs: ends,
    crashes: dies,
    forgetful,
    onStep: (step, before) => {
      if (step.kind === "start-container") {
        const found = before.containers.find(({ name }) => name === step.container);
        const mark = found?.job;
        if (mark !== undefined) starts.push(`${mark.phase} ${mark.index} ${mark.target.slice(7, 8)}`);
      }
      if (step.kind === "create-container" && step.job === undefined && step.digest === digestOf("b")) {
        const due = (spec.before ?? []).length + (spec.preStart ?? []).length;
        const all = [...ended(before, "before"), ...ended(before, "pre_start")];
        expect(all, "its jobs are behind a new container").toEqual(Array.from({ length: due }, () => 0));
      }
      if (step.kind === "start-container" && isHook(step.container, before) && spec.replicas === undefined) {
        const served = before.containers.filter(({ role, state }) => role === "active" && state === "running");
        expect(served, "stop-first: nothing else runs beside it").toHaveLength(spec.container.ports.length > 0 ? 0 : 1);
      }
      if (step.kind === "create-container" && step.job?.phase === "after") {
        const serving = before.containers.filter(({ role, digest }) => role === "active" && digest === digestOf("b"));
        expect(serving).toHaveLength(spec.replicas ?? 1);
      }
    },
  });
  return { ...arrival, starts };
}

function isHook(name: string, { containers }: HostSnapshot): boolean {
  return containers.some((one) => one.name === name && one.job?.phase === "pre_start");
}

/** The exit codes of the phase's containers. */
function ended({ containers }: HostSnapshot, phase: JobPhase): readonly (number | undefined)[] {
  return containers.filter(({ job }) => job?.phase === phase).map(({ exitCode }) => exitCode);
}

describe("from any crash, with the journal or without", () => {
  it("each job runs once, in order, and the service ends with what was wanted", () => {
    fc.assert(
      fc.property(specs, crashes, fc.boolean(), (spec, dies, forgetful) => {
        const { host, outcome, starts } = run(spec, dies, forgetful);
        expect(starts).toEqual(["before 1 b", "before 2 b", "after 1 b"]);
        expect(outcome.kind).toBe("converged");
        expect(inRole(host.containers, "active")?.digest).toBe(digestOf("b"));
      }),
    );
  });

  it("a job that fails or hangs runs once, nothing follows it, and what serves is untouched", () => {
    const faults = fc.constantFrom<readonly [string, number | "hangs"]>(["migrate", 1], ["seed", 7], ["seed", "hangs"]);
    fc.assert(
      fc.property(specs, crashes, fc.boolean(), faults, (spec, dies, forgetful, [name, end]) => {
        const { host, outcome, starts } = run(spec, dies, forgetful, { [name]: end });
        expect(starts).toEqual(name === "migrate" ? ["before 1 b"] : ["before 1 b", "before 2 b"]);
        expect(outcome).toMatchObject({ kind: "blocked", reason: "DigestHeld" });
        const replicas = host.containers.filter(({ job }) => job === undefined);
        expect(replicas.map(({ digest, state, restartPolicy }) => [digest, state, restartPolicy.name])).toEqual(
          Array.from({ length: spec.replicas ?? 1 }, () => [digestOf("a"), "running", "always"]),
        );
      }),
    );
  });

  it("each pre_start hook runs once for all replicas, after the before jobs, and where nothing else may run beside it", () => {
    fc.assert(
      fc.property(hooked, crashes, fc.boolean(), (spec, dies, forgetful) => {
        const { host, outcome, starts } = run(spec, dies, forgetful);
        expect(starts).toEqual(["before 1 b", "pre_start 1 b", "pre_start 2 b"]);
        expect(outcome.kind).toBe("converged");
        const serving = host.containers.filter(({ role, state }) => role === "active" && state === "running");
        expect(serving.map(({ digest }) => digest)).toEqual(
          Array.from({ length: spec.replicas ?? 1 }, () => digestOf("b")),
        );
      }),
    );
  });

  it("a pre_start hook that fails runs once, and what served serves again", () => {
    fc.assert(
      fc.property(hooked, crashes, fc.boolean(), fc.constantFrom("own", "warm"), (spec, dies, forgetful, name) => {
        const { host, outcome, starts } = run(spec, dies, forgetful, { [name]: 5 });
        const ran = ["before 1 b", "pre_start 1 b", "pre_start 2 b"];
        expect(starts).toEqual(name === "own" ? ran.slice(0, 2) : ran);
        expect(outcome).toMatchObject({ kind: "blocked", reason: "DigestHeld" });
        const replicas = host.containers.filter(({ job }) => job === undefined);
        expect(replicas.map(({ digest, state, restartPolicy }) => [digest, state, restartPolicy.name])).toEqual(
          Array.from({ length: spec.replicas ?? 1 }, () => [digestOf("a"), "running", "always"]),
        );
      }),
    );
  });

  it("an after job that fails runs once, and what serves stays", () => {
    fc.assert(
      fc.property(specs, crashes, fc.boolean(), (spec, dies, forgetful) => {
        const { host, outcome, starts } = run(spec, dies, forgetful, { purge: 3 });
        expect(starts.filter((start) => start.startsWith("after"))).toEqual(["after 1 b"]);
        expect(outcome).toMatchObject({ kind: "blocked", reason: "JobFailed" });
        expect(inRole(host.containers, "active")).toMatchObject({ digest: digestOf("b"), state: "running" });
      }),
    );
  });
});
