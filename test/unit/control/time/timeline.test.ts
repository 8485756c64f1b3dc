import { describe, expect, it } from "vitest";
import { Timeline } from "../../../../src/control/time/timeline.js";
import type { HostSnapshot } from "../../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { containerIn, hostWith } from "../../plan/world.js";

const epoch = 1_800_000_000_000;
const second = 1_000;

/** Seconds since the controller began, by its monotonic clock; the engine's clock shows so much more. */
function scene() {
  const time = { at: 0, engineAheadS: 0 };
  const timeline = new Timeline({
    now: () => epoch + time.at * second,
    monotonic: () => time.at * second,
    after: () => () => undefined,
  });
  const engine = (atS: number) => epoch + atS * second;
  const seen: { host?: HostSnapshot } = {};
  return {
    time,
    timeline,
    engine,
    /** A list that is asked for at `askedS` and answered at `answeredS`; what it names has been looked into by now. */
    look: (patch: Partial<ObservedContainer>, askedS = time.at, answeredS = time.at) => {
      const from = Math.floor(engine(answeredS + time.engineAheadS) / second) * second;
      const reading = {
        askedAt: askedS * second,
        answeredAt: answeredS * second,
        engine: { from, to: from + second },
      };
      seen.host = hostWith([containerIn("next", "b", 2, patch)], { reading });
      timeline.learn(seen.host);
      const placed = timeline.place(seen.host);
      return { ...placed, container: placed.containers[0]! };
    },
  };
}

describe("the last check of a container", () => {
  it("may have been before the last look: no event tells of it, and nobody looks into the container without one", () => {
    const { time, timeline, engine, look } = scene();
    const startedAt = engine(0);
    look({ startedAt, checkedAt: startedAt });
    time.at = 10;
    look({ startedAt, checkedAt: startedAt });
    timeline.lost();
    time.at = 21;
    timeline.heard();
    const { container, seeingSince } = look({ startedAt, checkedAt: engine(5) });
    expect(container.checkedAt).toBe(engine(5));
    expect(seeingSince).toBe(engine(21));
  });
});

describe("what came to pass between the list and a slow look into the container", () => {
  it.each(["startedAt", "finishedAt", "healthySince", "checkedAt"] as const)(
    "happened when the engine says, and is judged by no more time than has passed since: %s",
    (instant) => {
      const { time, engine, look } = scene();
      look({ startedAt: engine(-60), [instant]: engine(-30) });
      time.at = 13;
      const { container } = look({ startedAt: engine(-60), [instant]: engine(12) }, 9.5, 10);
      expect(container[instant]).toBe(engine(12));
    },
  );
});

describe("what ended while the engine was away and its clock was set", () => {
  it("ended in that gap, though the engine that has come back is slow to tell", () => {
    const { time, timeline, engine, look } = scene();
    look({ startedAt: engine(0) });
    time.at = 10;
    timeline.lost();
    time.at = 30;
    timeline.heard();
    time.at = 40;
    time.engineAheadS = 3_600;
    const ended = { state: "exited", startedAt: engine(0), finishedAt: engine(9), exitCode: 0 } as const;
    const { container } = look(ended, 30);
    expect(container.finishedAt).toBe(engine(30 + 3_600));
  });
});
