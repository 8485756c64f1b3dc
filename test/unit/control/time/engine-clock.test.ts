import { describe, expect, it } from "vitest";
import { EngineClock } from "../../../../src/control/time/engine-clock.js";
import { Sight } from "../../../../src/control/time/sight.js";

/** Our clock stood at `epoch` when the monotonic one stood at 0. */
function clocks(epoch: number) {
  const time = { monotonic: 0, epoch };
  const clock = { now: () => time.epoch + time.monotonic, monotonic: () => time.monotonic };
  return { time, clock: new EngineClock(clock) };
}

const reading = (at: number, from: number) => ({
  askedAt: at - 10,
  answeredAt: at,
  engine: { from, to: from + 1_000 },
});

describe("the engine's clock", () => {
  it("is ours as long as nothing speaks against it", () => {
    const { clock } = clocks(5_000_400);
    expect(clock.at(100)).toBe(5_000_500);
    clock.learn(reading(1_000, 5_001_000));
    expect([clock.at(1_000), clock.skewMs()]).toEqual([5_001_400, 0]);
  });

  it.each([
    ["ahead", 600_000],
    ["behind", -600_000],
  ])("is known to a second where ours is %s, and seems never later than it is", (_, ahead) => {
    const { clock } = clocks(5_000_000 + ahead);
    for (const at of [1_000, 2_300, 3_700, 4_990])
      clock.learn(reading(at, Math.floor((5_000_000 + at) / 1_000) * 1_000));
    expect(clock.at(10_000)).toBeLessThanOrEqual(5_010_000);
    expect(clock.at(10_000)).toBeGreaterThan(5_009_000);
    expect(Math.abs(clock.skewMs() - ahead)).toBeLessThan(1_000);
  });

  it("takes what was written down along when it is set, in either direction", () => {
    for (const byMs of [3_600_000, -86_400_000]) {
      const { time, clock } = clocks(500_000_000);
      clock.learn(reading(1_000, 500_001_000));
      const before = clock.at(2_000);
      time.monotonic = 10_000;
      time.epoch += byMs;
      clock.learn(reading(10_000, 500_010_000 + byMs));
      expect(clock.at(10_000) - clock.carry(before)).toBe(8_000);
      const after = clock.at(10_500);
      time.monotonic = 20_000;
      expect(clock.carry(after)).toBe(after);
      expect(clock.carry(before)).toBe(before + byMs);
    }
  });

  it("does not believe in what was written down in the future", () => {
    const { time, clock } = clocks(5_000_000);
    clock.learn(reading(1_000, 5_001_000));
    time.monotonic = 60_000;
    expect(clock.carry(9_000_000)).toBe(5_000_000);
    expect(clock.carry(4_000_000)).toBe(4_000_000);
  });

  it("says nothing of an engine that does not date its answers", () => {
    const { clock } = clocks(5_000_000);
    clock.learn({ askedAt: 0, answeredAt: 1 });
    expect([clock.at(0), clock.skewMs()]).toEqual([5_000_000, 0]);
  });
});

describe("sight", () => {
  it("has a gap from the last sign of life to the next, where they are too far apart", () => {
    const sight = new Sight();
    for (const at of [1_000, 6_000, 13_900]) sight.saw(at);
    expect([sight.gaps, sight.since]).toEqual([[], 1_000]);
    sight.saw(21_901);
    expect([sight.gaps, sight.since]).toEqual([[{ from: 13_900, to: 21_901 }], 21_901]);
  });

  it("has one, however short, where the engine was lost", () => {
    const sight = new Sight();
    sight.saw(1_000);
    sight.lost();
    sight.saw(1_500);
    sight.saw(2_000);
    expect(sight.gaps).toEqual([{ from: 1_000, to: 1_500 }]);
  });

  it("has one where a list took long, unless the engine was heard meanwhile", () => {
    const sight = new Sight();
    sight.saw(1_000);
    sight.looked(2_000, 6_000);
    expect(sight.gaps).toEqual([{ from: 1_000, to: 6_000 }]);
    sight.saw(8_000);
    sight.looked(7_000, 11_500);
    expect(sight.gaps).toHaveLength(1);
  });
});
