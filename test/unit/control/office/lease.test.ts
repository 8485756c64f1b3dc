import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Holder } from "../../../../src/control/office/holder.js";
import { Lease } from "../../../../src/control/office/lease.js";
import type { Clock } from "../../../../src/control/ports/clock.js";
import { silentLog } from "../../../../src/console/log.js";
import { ManualClock } from "../../../simulator/clock.js";
import { SimulatedMarks } from "../../../simulator/marks.js";

const times = { pollMs: 3_000, freshMs: 4_000, silenceMs: 9_000 };

function holder(token: string, directory?: string): Holder {
  return { token, host: "web1", pid: 7, directory, since: "2030-01-01T00:00:00.000Z" };
}

function lease(
  marks: SimulatedMarks,
  clock: Clock,
  self: Holder,
  isGone: (holder: Holder) => boolean = () => false,
): Lease {
  return new Lease({ marks, name: "default", self, isGone, clock, log: silentLog, times });
}

/** Time goes on, and nothing that was to happen in it does. */
function asleep(clock: ManualClock): Clock {
  return { now: clock.now, monotonic: clock.monotonic, after: () => () => undefined };
}

/** Tries until it is held or the other one has shown that it lives. */
async function settle(one: Lease, clock: ManualClock, limitMs = 60_000) {
  for (let waited = 0; ; waited += 500) {
    const answer = await one.claim();
    if (answer.kind !== "asking") return { kind: answer.kind, waited };
    if (waited >= limitMs) return { kind: answer.kind, waited };
    await clock.advance(500);
  }
}

describe("the lease", () => {
  it("is had at once where nobody has it, and given back without a trace", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    const one = lease(marks, clock, holder("one"));
    expect(await one.claim()).toEqual({ kind: "held" });
    await one.assertHeld();
    expect([...marks.texts.keys()]).toEqual(["default.1"]);
    await one.release();
    expect(marks.texts.size).toBe(0);
    await expect(one.assertHeld()).rejects.toMatchObject({ code: "LeaseLost" });
  });

  it("is refused while its holder answers, and the holder is named", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    const one = lease(marks, clock, holder("one"));
    await one.claim();
    const two = lease(marks, clock, holder("two"));
    expect(await two.claim()).toMatchObject({ kind: "asking", holder: { token: "one" } });
    await clock.advance(3_100);
    expect(await two.claim()).toMatchObject({ kind: "taken", holder: { token: "one", host: "web1", pid: 7 } });
    await one.assertHeld();
    expect([...marks.texts.keys()], "the answer is all that is left").toEqual(["default.2"]);
  });

  it("writes nothing while nobody asks", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    const one = lease(marks, clock, holder("one"));
    await one.claim();
    await clock.advance(3_600_000);
    await one.assertHeld();
    expect([...marks.texts.keys()]).toEqual(["default.1"]);
  });

  it("passes on within seconds when its holder is gone without a word", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    marks.texts.set("default.41", JSON.stringify(holder("dead")));
    const two = lease(marks, clock, holder("two"));
    expect(await settle(two, clock)).toEqual({ kind: "held", waited: 9_000 });
    expect([...marks.texts.keys()]).toEqual(["default.42"]);
  });

  it("passes on at once when its holder is known to be gone", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    marks.texts.set("default.41", JSON.stringify(holder("dead", "here")));
    const two = lease(marks, clock, holder("two", "here"), ({ directory }) => directory === "here");
    expect(await two.claim()).toEqual({ kind: "held" });
  });

  it("goes to one of two who wait for it", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    marks.texts.set("default.1", JSON.stringify(holder("dead")));
    const [two, three] = [lease(marks, clock, holder("two")), lease(marks, clock, holder("three"))];
    for (let held = 0; held === 0;) {
      const answers = await Promise.all([two.claim(), three.claim()]);
      held = answers.filter(({ kind }) => kind === "held").length;
      expect(held).toBeLessThan(2);
      await clock.advance(500);
    }
  });

  it("goes at once to the heir, and to anybody else only when that one has not come for it", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    const one = lease(marks, clock, holder("one"));
    await one.claim();
    await one.release("c2");
    expect([...marks.texts.keys()]).toEqual(["default.2"]);
    const three = lease(marks, clock, { ...holder("three"), container: "c3" }, ({ token }) => token === "one");
    expect(await three.claim()).toMatchObject({ kind: "reserved", holder: { token: "one", heir: "c2" } });
    await clock.advance(8_900);
    expect((await three.claim()).kind).toBe("reserved");
    const two = lease(marks, clock, { ...holder("two"), container: "c2" });
    expect(await two.claim()).toEqual({ kind: "held" });
    await clock.advance(200);
    expect((await three.claim()).kind).toBe("taken");

    await two.release("c9");
    expect((await three.claim()).kind).toBe("reserved");
    await clock.advance(9_100);
    expect(await three.claim()).toEqual({ kind: "held" });
  });

  it("is not had again at once by the one who has given it up for another", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    const one = lease(marks, clock, holder("one"));
    await one.claim();
    await one.release("c2");
    const again = lease(marks, clock, holder("one"));
    expect((await again.claim()).kind).toBe("reserved");
    expect(await settle(again, clock)).toMatchObject({ kind: "reserved" });
    await clock.advance(9_100);
    expect(await again.claim()).toEqual({ kind: "held" });
  });

  it("is not given up by a mark that nobody of ours has written", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    marks.texts.set("default.3", "not JSON");
    marks.texts.set("default.x", "{}");
    const one = lease(marks, clock, holder("one"));
    expect(await settle(one, clock)).toEqual({ kind: "held", waited: 9_000 });
  });

  it("is written anew after a prune", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    const one = lease(marks, clock, holder("one"));
    await one.claim();
    marks.prune();
    await clock.advance(3_100);
    expect([...marks.texts.keys()]).toEqual(["default.2"]);
    await one.assertHeld();
  });

  it("is lost where another one may have come and gone meanwhile", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    const one = lease(marks, asleep(clock), holder("one"));
    await one.claim();
    const two = lease(marks, clock, holder("two"));
    expect((await settle(two, clock)).kind).toBe("held");
    await two.release();
    await expect(one.assertHeld()).rejects.toMatchObject({ code: "LeaseLost" });
    await one.lost;
  });

  it("survives an engine that cannot be reached, and is asked for before anything is done then", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    const one = lease(marks, clock, holder("one"));
    await one.claim();
    marks.cut(true);
    await clock.advance(60_000);
    await expect(one.assertHeld()).rejects.toMatchObject({ code: "EngineUnreachable" });
    marks.cut(false);
    await one.assertHeld();
  });

  it("was lost meanwhile: whoever slept does nothing, and is told who has it", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    const one = lease(marks, asleep(clock), holder("one"));
    await one.claim();
    const two = lease(marks, clock, holder("two"));
    expect(await settle(two, clock)).toEqual({ kind: "held", waited: 9_000 });
    await expect(one.assertHeld()).rejects.toMatchObject({ code: "LeaseLost" });
    expect(await one.lost).toMatchObject({ token: "two" });
    await two.assertHeld();
  });

  it("is asked for after a sleep that stops the monotonic clock too", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    const one = lease(marks, { ...asleep(clock), monotonic: () => 0 }, holder("one"));
    await one.claim();
    marks.texts.clear();
    marks.texts.set("default.9", JSON.stringify(holder("two")));
    await clock.advance(2_900);
    await one.assertHeld();
    await clock.advance(2_000);
    await expect(one.assertHeld()).rejects.toMatchObject({ code: "LeaseLost" });
  });

  it("is lost where a question was seen before a long sleep: another one may have come and gone since", async () => {
    const clock = new ManualClock();
    const marks = new SimulatedMarks(clock, () => 100);
    const one = new Sleeper(marks, clock, 0);
    const done: string[] = [];
    one.claim();
    await clock.advance(2_000);
    marks.texts.set("default.1.asked", JSON.stringify(holder("two")));
    // Its look has been made, and the answer is on its way.
    await clock.advance(1_380);
    one.sleep();
    await clock.advance(20_000);
    marks.prune();
    one.wake();
    void one.act(done);
    await clock.advance(5_000);
    expect(done).toEqual([]);
  });

  it("nobody acts once another one has, whatever they do and however slow the engine is", async () => {
    const act = fc.record({
      who: fc.nat(1),
      what: fc.oneof(
        { weight: 7, arbitrary: fc.constantFrom("claim", "act", "sleep", "wake") },
        { weight: 1, arbitrary: fc.constantFrom("release", "dies") },
      ),
      thenMs: fc.oneof(fc.nat(600), fc.integer({ min: 4_000, max: 14_000 })),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { minLength: 30, maxLength: 60 }),
        fc.array(fc.nat(1_500), { minLength: 5 }),
        async (acts, delays) => {
          const clock = new ManualClock();
          let next = 0;
          const marks = new SimulatedMarks(clock, () => delays[next++ % delays.length] ?? 0);
          const crew = [0, 1].map((index) => new Sleeper(marks, clock, index));
          const done: string[] = [];
          for (const { who, what, thenMs } of acts) {
            const one = crew[who]!;
            if (what !== "act") one[what]();
            // Whoever wakes up goes on with what it was about to do.
            if (what === "act" || what === "wake") void one.act(done);
            await clock.advance(thenMs);
          }
          await clock.advance(60_000);
          // Each time in office is one stretch: nobody comes back into it after another one has acted.
          const stretches = done.filter((token, index) => token !== done[index - 1]);
          expect(new Set(stretches).size).toBe(stretches.length);
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** A controller that may sleep: its timers then wait, and so do the answers it has been given. */
class Sleeper {
  #lease: Lease;
  #life = 0;
  #asleep = false;
  #claimed = false;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly marks: SimulatedMarks,
    private readonly clock: ManualClock,
    private readonly index: number,
  ) {
    this.#lease = this.#born();
  }

  /** Once in a life: whoever has lost it begins anew. */
  claim(): void {
    if (this.#claimed) return;
    this.#claimed = true;
    void this.#claim(this.#lease, this.#life);
  }

  /** What it does is done at the moment that it is allowed to: whoever sleeps in between asks again first. */
  async act(done: string[]): Promise<void> {
    const [one, token] = [this.#lease, this.#token()];
    if (this.#asleep) return;
    try {
      await one.assertHeld();
      done.push(token);
    } catch {
      // it does not hold it
    }
  }

  sleep(): void {
    this.#asleep = true;
  }

  wake(): void {
    this.#asleep = false;
    for (const run of this.#waiting.splice(0)) run();
  }

  release(): void {
    if (this.#asleep) return;
    void this.#lease.release();
    this.#next();
  }

  /** Without a word. */
  dies(): void {
    this.wake();
    this.#next();
  }

  async #claim(one: Lease, life: number): Promise<void> {
    for (let tries = 0; tries < 40 && life === this.#life; tries += 1) {
      const answer = await one.claim().catch(() => undefined);
      if (answer?.kind === "held") return;
      await new Promise<void>((resolve) => void this.#after(500, resolve));
    }
  }

  #next(): void {
    this.#life += 1;
    this.#claimed = false;
    this.#lease = this.#born();
  }

  #born(): Lease {
    const life = this.#life;
    const clock = {
      now: this.clock.now,
      monotonic: this.clock.monotonic,
      after: (ms: number, run: () => void) =>
        this.#after(ms, () => {
          if (life === this.#life) run();
        }),
    };
    const marks = {
      list: (prefix: string) => this.marks.list(prefix).then((answer) => this.#awake(answer)),
      put: (name: string, text: string) => this.marks.put(name, text).then((answer) => this.#awake(answer)),
      remove: (name: string) => this.marks.remove(name).then(() => this.#awake(undefined)),
    };
    const self = holder(this.#token());
    return new Lease({
      marks,
      name: "default",
      self,
      isGone: () => false,
      clock,
      log: silentLog,
      times,
    });
  }

  #token(): string {
    return `${this.index}.${this.#life}`;
  }

  #after(ms: number, run: () => void): () => void {
    return this.clock.after(ms, () => {
      if (this.#asleep) this.#waiting.push(run);
      else run();
    });
  }

  #awake<T>(answer: T): T | Promise<T> {
    if (!this.#asleep) return answer;
    return new Promise((resolve) => {
      this.#waiting.push(() => {
        resolve(answer);
      });
    });
  }
}
