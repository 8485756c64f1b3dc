import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../../../src/compose/values/duration.js";

describe("parseDuration", () => {
  it.each([
    ["0", 0],
    ["0s", 0],
    ["1ms", 1],
    ["500ms", 500],
    ["10s", 10_000],
    ["1m30s", 90_000],
    ["1.5h", 5_400_000],
    ["2h45m30.5s", 9_930_500],
    [".5s", 500],
    ["1.s", 1_000],
    ["1000us", 1],
    ["1500µs", 2],
    ["2000μs", 2],
    ["1000000ns", 1],
    ["2.3s", 2_300],
    ["2562047h", 9_223_369_200_000],
  ])("%s is %d ms", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each([
    ["40", "add a unit: `40s`"],
    ["", "write for example"],
    ["s", "write for example"],
    [".s", "write for example"],
    ["1x", "write for example"],
    ["1d", "write for example"],
    ["1 s", "write for example"],
    ["x1s", "write for example"],
    ["1sx", "write for example"],
    ["-1s", "write for example"],
    ["1.2.3s", "write for example"],
    ["999us", "the shortest duration is `1ms`"],
    ["1ns", "the shortest duration"],
    ["2562048h", "the longest duration"],
    [`${"9".repeat(400)}s`, "the longest duration"],
  ])("refuses %j", (text, remedy) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({
        code: "SpecInvalid",
        retry: "never",
        remedy: expect.stringContaining(remedy) as string,
      }),
    );
  });

  it("adds up units", () => {
    const small = fc.nat(999);
    fc.assert(
      fc.property(small, small, small, (hours, minutes, seconds) => {
        const expected = ((hours * 60 + minutes) * 60 + seconds) * 1000;
        expect(parseDuration(`${hours}h${minutes}m${seconds}s`)).toBe(expected);
      }),
    );
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0s"],
    [500, "500ms"],
    [1_500, "1.5s"],
    [90_000, "1m30s"],
    [60_000, "1m0s"],
    [3_600_000, "1h0m0s"],
  ])("%d ms are %s, as Go writes it", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it("reads back", () => {
    fc.assert(
      fc.property(fc.nat(400_000_000), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });
});
