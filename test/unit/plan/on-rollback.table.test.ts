import { describe, expect, it } from "vitest";
import { jobsHash } from "../../../src/compose/model/hash.js";
import type { JobSpec } from "../../../src/compose/model/policy/job.js";
import type { Memory } from "../../../src/plan/model/desired.js";
import type { ObservedContainer } from "../../../src/plan/model/host/observed.js";
import { exited, jobContainer, migrate, remembered, seed } from "./jobs.js";
import { containerIn, desire, digestOf, hold, hostWith, imageOf, now, planText, specOf } from "./world.js";

const restore: JobSpec = { command: ["restore"], timeoutMs: 60_000 };
const spec = specOf({ before: [migrate, seed], onRollback: [restore] });
const startFirst = { ...spec, update: { ...spec.update, order: "start-first" as const } };
const onRollback = jobsHash([restore]);
const before = [jobContainer({}, exited(0)), jobContainer({ index: 2, job: seed }, exited(0))];
const images = [imageOf("a", [1], ["id-active-1"]), imageOf("b", [2])];
const stopped = containerIn("active", "a", 1, {
  state: "exited",
  exitCode: 0,
  finishedAt: now - 55_000,
  restartPolicy: off(),
});
const failed = containerIn("failed", "b", 2, { onRollback });
const undo = (patch: Partial<ObservedContainer> = {}) =>
  jobContainer({ phase: "on_rollback", job: restore }, { onRollback, ...patch });
const held: Partial<Memory> = { holds: [{ ...hold("b"), revision: 2, onRollback }], stableDigest: digestOf("a") };

function off() {
  return { name: "no", maximumRetryCount: 0 } as const;
}

function text(containers: readonly ObservedContainer[], memory: Partial<Memory> = held, wanted = spec): string {
  return planText({ desired: desire("b", wanted), host: hostWith([...containers, ...before], { images }), memory });
}

describe("on_rollback", () => {
  it("comes before what served: that stays off when the new one has failed", () => {
    const next = containerIn("next", "b", 2, { onRollback, state: "exited", exitCode: 1, finishedAt: now });
    expect(text([stopped, next], {})).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:bbbbbbbbbbbb (the journal keeps its last log lines and holds its digest)
      2. rename shop-web-1.next to shop-web-1.failed (it exited with code 1 after 60s; it is kept for inspection)
      => continue: ContainerExited: it exited with code 1 after 60s
      "
    `);
  });

  it("runs from the failed rollout's image while nothing of the service does", () => {
    expect(text([stopped, failed])).toMatchInlineSnapshot(`
      "
      1. create shop-web.on_rollback.1 from sha256:bbbbbbbbbbbb on shop_default without an alias (revision 2 has failed)
      2. start shop-web.on_rollback.1 (it is to run to its end)
      => continue: WaitingForJob: on_rollback job 1: revision 2 has failed
      "
    `);
  });

  it("first stops whatever of it still runs", () => {
    expect(text([containerIn("active", "a", 1), failed])).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      2. stop shop-web-1, within 10s (revision 2 has failed, and its on_rollback jobs are to run)
      => continue: RollingBack: revision 2 has failed, and its on_rollback jobs are to run
      "
    `);
  });

  it("under a declared start-first runs beside what serves", () => {
    expect(text([containerIn("active", "a", 1), failed], held, startFirst)).toMatchInlineSnapshot(`
      "
      1. create shop-web.on_rollback.1 from sha256:bbbbbbbbbbbb on shop_default without an alias (revision 2 has failed)
      2. start shop-web.on_rollback.1 (it is to run to its end)
      => continue: WaitingForJob: on_rollback job 1: revision 2 has failed
      "
    `);
  });

  it("is waited for", () => {
    expect(text([stopped, failed, undo({ startedAt: now - 1_000 })])).toMatchInlineSnapshot(`
      "
      => wait: WaitingForJob: on_rollback job 1 (shop-web.on_rollback.1) has not ended yet
      "
    `);
  });

  it("that has ended well lets what served come back", () => {
    expect(text([stopped, failed, undo(exited(0))])).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      2. start shop-web-1 (it ended (exit code 0))
      => continue: Restoring: it ended (exit code 0)
      "
    `);
  });

  it("that fails is kept for inspection", () => {
    expect(text([stopped, failed, undo(exited(3))])).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web.on_rollback.1 (the journal keeps its last log lines)
      => continue: JobFailed: on_rollback job 1 (shop-web.on_rollback.1) exited with code 3 after 10s
      "
    `);
  });

  it("that has failed lets what served come back all the same, and says so", () => {
    const run = { ...remembered(undo(), "failed", "on_rollback job 1 (shop-web.on_rollback.1) exited with code 3") };
    const memory = { ...held, jobs: [{ ...run, phase: "on_rollback" as const, revision: 2 }] };
    expect(text([stopped, failed, undo(exited(3))], memory)).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      2. start shop-web-1 (it ended (exit code 0))
      => continue: Restoring: it ended (exit code 0)
      "
    `);
    expect(text([containerIn("active", "a", 1), failed, undo(exited(3))], memory)).toMatchInlineSnapshot(`
      "
      => blocked: JobFailed: on_rollback job 1 (shop-web.on_rollback.1) exited with code 3; what served before is back all the same, and a retry runs it again; sha256:bbbbbbbbbbbb failed: its health check fails; held until the image or the spec changes, or a retry
      "
    `);
  });

  it("undoes a `before` job that failed after another one had ended well", () => {
    const marked = before.map((one) => ({ ...one, onRollback }));
    const late = { ...marked[1]!, ...exited(1) };
    const run = remembered(late, "failed", "before job 2 (shop-web.before.2) exited with code 1");
    const memory = { jobs: [{ ...run, phase: "before" as const, revision: 2 }], stableDigest: digestOf("a") };
    const host = hostWith([containerIn("active", "a", 1), marked[0]!, late], { images });
    expect(planText({ desired: desire("b", spec), host, memory })).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      2. stop shop-web-1, within 10s (revision 2 has failed, and its on_rollback jobs are to run)
      => continue: RollingBack: revision 2 has failed, and its on_rollback jobs are to run
      "
    `);
    const first = { ...marked[0]!, ...exited(1) };
    const none = remembered(first, "failed", "before job 1 (shop-web.before.1) exited with code 1");
    const early = { jobs: [{ ...none, phase: "before" as const, revision: 2 }], stableDigest: digestOf("a") };
    const without = hostWith([containerIn("active", "a", 1), first], { images });
    expect(planText({ desired: desire("b", spec), host: without, memory: early })).toMatchInlineSnapshot(`
      "
      1. remove image acme/web@sha256:bbbbbbbbbbbb (beyond keep: 1)
      2. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => blocked: DigestHeld: sha256:bbbbbbbbbbbb failed: before job 1 (shop-web.before.1) exited with code 1; held until the image or the spec changes, or a retry
      "
    `);
  });

  it("of another list than the rollout began with is not run", () => {
    const other = { ...spec, onRollback: [{ ...restore, command: ["restore", "--all"] }] };
    expect(text([stopped, failed], held, other)).toMatchInlineSnapshot(`
      "
      1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      2. start shop-web-1 (it ended (exit code 0))
      => continue: Restoring: it ended (exit code 0)
      "
    `);
  });
});
