import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyedQueue } from "../../../../src/control/queue/queue.js";
import type { RunResult } from "../../../../src/control/queue/queue.js";
import { manualClock, settle } from "../clock.js";

interface Run {
  readonly key: string;
  readonly at: number;
  readonly isRoutine: boolean;
  finish(result: RunResult): void;
}

const success: RunResult = { kind: "success" };
const failure: RunResult = { kind: "error", retryAfterMs: 0, acted: false };
const actedFailure = { kind: "error", retryAfterMs: 0, acted: true } as const;

/** A queue whose runs end when the test says so; the backoff's dice always show the most. */
function stage(atOnce = 8) {
  const clock = manualClock();
  const runs: Run[] = [];
  const told = {
    added: 0,
    retried: 0,
    depth: [] as number[],
    waited: [] as number[],
    worked: [] as number[],
    running: [] as number[][],
    scrape: () => undefined as unknown,
  };
  const active = new Map<string, number>();
  const queue = new KeyedQueue({
    clock,
    backoff: { baseMs: 1_000, capMs: 60_000, random: () => 0.999_999_9 },
    telemetry: {
      added: () => (told.added += 1),
      retried: () => (told.retried += 1),
      depth: (value) => told.depth.push(value),
      waited: (seconds) => told.waited.push(seconds),
      worked: (seconds) => told.worked.push(seconds),
      onScrape: (report) => (told.scrape = report),
      running: (total, longest) => told.running.push([total, longest]),
    },
    atOnce,
    run: (key, { isRoutine }) => {
      active.set(key, (active.get(key) ?? 0) + 1);
      expect(active.get(key), `${key} runs once at a time`).toBe(1);
      return new Promise((resolve) => {
        runs.push({
          key,
          at: clock.now(),
          isRoutine,
          finish: (result) => {
            active.set(key, (active.get(key) ?? 0) - 1);
            resolve(result);
          },
        });
      });
    },
  });
  const finish = async (result: RunResult) => {
    runs.at(-1)!.finish(result);
    await settle();
  };
  return { clock, runs, told, queue, finish };
}

describe("when a key is looked at next", () => {
  it("is now, a moment that is known, or only when something happens", async () => {
    const { queue, clock, finish } = stage();
    expect(queue.next("a"), "nobody has named it").toBeUndefined();
    queue.add("a");
    expect(queue.next("a")).toBe("now");
    await settle();
    expect(queue.next("a"), "it is under way").toBe("now");
    await finish({ kind: "requeue", afterMs: 7_000 });
    expect(queue.next("a")).toBe(clock.now() + 7_000);
    await clock.advance(7_000);
    expect(queue.next("a")).toBe("now");
    await finish(success);
    expect(queue.next("a"), "nothing is left to do").toBeUndefined();
  });
});

describe("single flight", () => {
  it("makes exactly one more run of any burst during a run", async () => {
    const { queue, runs, told, finish } = stage();
    queue.add("a");
    await settle();
    for (let count = 0; count < 10_000; count += 1) queue.add("a");
    expect(runs).toHaveLength(1);
    await finish(success);
    expect(runs).toHaveLength(2);
    await finish(success);
    expect(runs).toHaveLength(2);
    expect(told.added).toBe(2);
  });

  it("runs different keys side by side", async () => {
    const { queue, runs } = stage();
    queue.add("a");
    queue.add("b");
    await settle();
    expect(runs.map(({ key }) => key)).toEqual(["a", "b"]);
  });

  it("loses nothing: whatever comes in whatever order, a run begins after the last add", async () => {
    const action = fc.constantFrom("add a", "add b", "notice a", "finish", "advance");
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const { queue, runs, clock } = stage();
        const lastAdd = new Map<string, number>();
        const open = () => runs.filter((run) => !finished.has(run));
        const finished = new Set<Run>();
        const begun = new Map<Run, number>();
        let tick = 0;
        const observe = () => {
          for (const run of runs) if (!begun.has(run)) begun.set(run, tick);
        };
        const end = async () => {
          const run = open()[0];
          if (run === undefined) return;
          finished.add(run);
          run.finish(success);
          await settle();
        };
        for (const what of actions) {
          tick += 1;
          if (what === "finish") await end();
          else if (what === "advance") await clock.advance(500);
          else if (what === "notice a") queue.notice("a");
          else {
            lastAdd.set(what.slice(4), tick);
            queue.add(what.slice(4));
          }
          await settle();
          observe();
        }
        while (open().length > 0) {
          tick += 1;
          await end();
          observe();
        }
        for (const [key, at] of lastAdd) {
          const last = Math.max(...runs.filter((run) => run.key === key).map((run) => begun.get(run)!));
          expect(last).toBeGreaterThanOrEqual(at);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("whose turn it is", () => {
  const keysOf = (runs: readonly Run[]) => runs.map(({ key }) => key);

  it("begins no more runs at once than there are places, in the order in which the keys came", async () => {
    const { queue, runs, told, finish } = stage(2);
    for (const key of ["a", "b", "c", "d"]) queue.add(key);
    await settle();
    expect(keysOf(runs)).toEqual(["a", "b"]);
    expect(told.depth.at(-1), "two wait").toBe(2);
    await finish(success);
    await finish(success);
    expect(keysOf(runs)).toEqual(["a", "b", "c", "d"]);
  });

  it("is first that of keys to which something has happened, then of those that are looked at as a matter of routine", async () => {
    const { queue, runs, finish } = stage(1);
    for (const key of ["a", "b", "c", "d"]) queue.add(key, true);
    queue.add("e");
    queue.add("c");
    queue.notice("d");
    queue.add("d", true);
    await settle();
    for (let count = 0; count < 4; count += 1) await finish(success);
    expect(keysOf(runs)).toEqual(["a", "e", "c", "d", "b"]);
    expect(runs.map(({ isRoutine }) => isRoutine)).toEqual([true, false, false, false, true]);
    await finish(success);
    expect(runs).toHaveLength(5);
  });

  it("is kept for what has happened: a look at everything never has all places", async () => {
    const { queue, runs } = stage(4);
    for (const key of ["a", "b", "c", "d", "e"]) queue.add(key, true);
    await settle();
    expect(runs.map(({ key }) => key)).toEqual(["a", "b", "c"]);
    queue.add("e");
    await settle();
    expect(runs.map(({ key, isRoutine }) => [key, isRoutine])).toContainEqual(["e", false]);
    runs[0]?.finish(success);
    await settle();
    expect(runs.map(({ key }) => key)).toEqual(["a", "b", "c", "e", "d"]);
  });

  it("leaves the rest of this process its turns however many keys there are", async () => {
    const { queue, runs, clock } = stage(1_000);
    for (let count = 0; count < 100; count += 1) queue.add(`${count}`, true);
    expect(runs.length).toBeLessThan(20);
    for (let count = 0; count < 10; count += 1) await settle();
    expect(runs).toHaveLength(100);
    expect(clock.pending).toBe(0);
  });

  it("comes at once for what has happened while those that are looked at again leave others their turns", () => {
    const { queue, runs } = stage(1_000);
    for (let count = 0; count < 100; count += 1) queue.add(`${count}`, true);
    queue.add("99");
    expect(runs.map(({ key }) => key)).toContain("99");
  });
});

describe("when the next run is due", () => {
  it("backs off exponentially, starts over after a success, and retries at once when asked", async () => {
    const { queue, runs, clock, told, finish } = stage();
    queue.add("a");
    await settle();
    for (const pause of [1_000, 2_000, 4_000, 8_000]) {
      await finish(failure);
      const before = runs.length;
      await clock.advance(pause - 2);
      expect(runs).toHaveLength(before);
      await clock.advance(2);
      expect(runs).toHaveLength(before + 1);
    }
    expect(told.retried).toBe(4);
    await finish(failure);
    queue.add("a");
    await settle();
    expect(runs).toHaveLength(6);
    await finish(success);
    queue.add("a");
    await settle();
    await finish(failure);
    await clock.advance(1_000);
    expect(runs).toHaveLength(8);
  });

  it("waits at least as long as the other side asks", async () => {
    const { queue, runs, clock, finish } = stage();
    queue.add("a");
    await settle();
    await finish({ kind: "error", retryAfterMs: 30_000, acted: false });
    await clock.advance(29_999);
    expect(runs).toHaveLength(1);
    await clock.advance(1);
    expect(runs).toHaveLength(2);
  });

  it("whoever asks meanwhile does not lengthen the backoff: the next try by itself comes no later", async () => {
    const { queue, clock, runs, finish } = stage();
    for (let asked = 0; asked < 20; asked += 1) {
      queue.add("a");
      await settle();
      await finish(failure);
    }
    const before = runs.length;
    await clock.advance(1_000);
    expect(runs).toHaveLength(before + 1);
  });

  it("a wait is no error: it does not lengthen the backoff", async () => {
    const { queue, runs, clock, told, finish } = stage();
    queue.add("a");
    await settle();
    for (let round = 0; round < 5; round += 1) {
      await finish({ kind: "requeue", afterMs: 700 });
      await clock.advance(699);
      expect(runs).toHaveLength(round + 1);
      await clock.advance(1);
      expect(runs).toHaveLength(round + 2);
    }
    expect(told.retried).toBe(0);
  });

  it("parks a terminal result until somebody adds the key", async () => {
    const { queue, runs, clock, finish } = stage();
    queue.add("a");
    await settle();
    await finish({ kind: "terminal" });
    await clock.advance(3_600_000);
    expect(runs).toHaveLength(1);
    expect(clock.pending).toBe(0);
    queue.add("a");
    await settle();
    expect(runs).toHaveLength(2);
  });

  it("an earlier look replaces a later one, not adds to it", async () => {
    const { queue, runs, clock, finish } = stage();
    queue.add("a");
    await settle();
    await finish({ kind: "requeue", afterMs: 5_000 });
    queue.add("a");
    await settle();
    await finish(success);
    await clock.advance(10_000);
    expect(runs).toHaveLength(2);
  });

  it("a wait is of no account where a newer look is due already", async () => {
    const { queue, runs, clock, finish } = stage();
    queue.add("a");
    await settle();
    queue.add("a");
    await finish({ kind: "requeue", afterMs: 5_000 });
    await finish(success);
    await clock.advance(10_000);
    expect(runs).toHaveLength(2);
  });
});

describe("notice", () => {
  it("runs an idle key, and once more a key that is being worked on", async () => {
    const { queue, runs, finish } = stage();
    queue.notice("a");
    await settle();
    expect(runs).toHaveLength(1);
    queue.notice("a");
    queue.notice("a");
    await finish(success);
    expect(runs).toHaveLength(2);
    await finish(success);
    expect(runs).toHaveLength(2);
  });

  it("does not cut short the backoff after our own failed doing, but does later", async () => {
    const { queue, runs, clock, finish } = stage();
    queue.add("a");
    await settle();
    queue.notice("a");
    await finish({ ...actedFailure, retryAfterMs: 60_000 });
    await clock.advance(1_499);
    queue.notice("a");
    await settle();
    expect(runs).toHaveLength(1);
    await clock.advance(1);
    queue.notice("a");
    await settle();
    expect(runs).toHaveLength(2);
  });

  it("cuts short the backoff of a run that did nothing", async () => {
    const { queue, runs, finish } = stage();
    queue.add("a");
    await settle();
    queue.notice("a");
    await finish(failure);
    expect(runs).toHaveLength(2);
  });
});

describe("hold", () => {
  it("keeps a key's next run waiting until it is let go", async () => {
    const { queue, runs, finish } = stage();
    const release = queue.hold("a");
    queue.add("a");
    queue.notice("a");
    await settle();
    expect(runs).toEqual([]);
    release?.();
    await settle();
    expect(runs).toHaveLength(1);
    await finish(success);
    expect(runs).toHaveLength(1);
  });

  it("is not had of a key that is being worked on, or that another one holds", async () => {
    const { queue, finish } = stage();
    queue.add("a");
    await settle();
    expect(queue.hold("a")).toBeUndefined();
    await finish(success);
    const release = queue.hold("a");
    expect(release).toBeDefined();
    expect(queue.hold("a")).toBeUndefined();
    release?.();
    expect(queue.hold("a")).toBeDefined();
  });

  it("outlasts that the key is forgotten and declared anew, and keeps no drain waiting", async () => {
    const { queue, runs } = stage();
    const release = queue.hold("a");
    queue.add("a");
    queue.forget("a");
    queue.add("a");
    await settle();
    expect(runs).toEqual([]);
    release?.();
    await settle();
    expect(runs).toHaveLength(1);
    queue.hold("b");
    queue.add("b");
    runs[0]?.finish(success);
    await queue.drain();
    expect(runs).toHaveLength(1);
  });
});

describe("the end", () => {
  it("drains: nothing new begins, what runs is waited for", async () => {
    const { queue, runs, clock, finish } = stage();
    queue.add("a");
    await settle();
    queue.add("a");
    let drained = false;
    const draining = queue.drain().then(() => (drained = true));
    queue.add("b");
    await settle();
    expect(drained).toBe(false);
    await finish({ kind: "requeue", afterMs: 10 });
    await draining;
    expect(clock.pending, "no timer keeps the process alive").toBe(0);
    await clock.advance(1_000);
    expect(runs.map(({ key }) => key)).toEqual(["a"]);
  });

  it("forgets a key with its timers, and still runs it once at a time", async () => {
    const { queue, runs, clock, finish } = stage();
    queue.add("a");
    await settle();
    await finish({ kind: "requeue", afterMs: 1_000 });
    queue.forget("a");
    await clock.advance(5_000);
    expect(runs).toHaveLength(1);
    queue.add("a");
    await settle();
    queue.forget("a");
    queue.add("a");
    await settle();
    expect(runs).toHaveLength(2);
    await finish(success);
    expect(runs).toHaveLength(3);
  });

  it("forgets how a key failed: declared anew, it is looked at when something happens", async () => {
    const { queue, runs, finish } = stage();
    queue.add("a");
    await settle();
    await finish({ ...actedFailure, retryAfterMs: 60_000 });
    queue.notice("a");
    await settle();
    expect(runs).toHaveLength(1);
    queue.forget("a");
    queue.notice("a");
    await settle();
    expect(runs).toHaveLength(2);
  });

  it("has nothing to forget of a key it never saw", () => {
    const { queue, clock } = stage();
    queue.forget("a");
    expect(clock.pending).toBe(0);
  });
});

it("reports depth, waiting, work and what runs, in seconds", async () => {
  const { queue, clock, told, finish } = stage();
  queue.add("a");
  await settle();
  await clock.advance(2_000);
  queue.add("a");
  expect(told.depth.at(-1)).toBe(1);
  told.scrape();
  expect(told.running.at(-1)).toEqual([2, 2]);
  await clock.advance(3_000);
  await finish(success);
  expect(told.worked).toEqual([5]);
  expect(told.waited).toEqual([0, 3]);
  expect(told.depth.at(-1)).toBe(0);
});

it("reports the work of every key that runs, and none of those that wait", async () => {
  const { queue, clock, told, finish } = stage();
  await clock.advance(10_000);
  queue.add("idle");
  await settle();
  await finish({ kind: "requeue", afterMs: 60_000 });
  queue.add("a");
  await clock.advance(2_000);
  queue.add("b");
  await clock.advance(3_000);
  queue.add("c");
  told.scrape();
  expect(told.running.at(-1)).toEqual([8, 5]);
  await settle();
  await clock.advance(4_000);
  told.scrape();
  expect(told.running.at(-1), "as of a scrape, whatever has happened since").toEqual([20, 9]);
  await finish(success);
  expect(told.worked).toEqual([0, 4]);
});
