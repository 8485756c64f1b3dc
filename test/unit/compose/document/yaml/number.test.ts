import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numberText } from "../../../../../src/compose/document/yaml/number.js";

/** What `docker compose config` 2.40.3 makes of each, as a variable of a service. */
const asComposeHasIt: readonly (readonly [written: string, text: string])[] = [
  ["1_000", "1000"],
  ["0b11", "3"],
  ["0B11", "3"],
  ["0644", "420"],
  ["1e3", "1000"],
  ["1E3", "1000"],
  ["1e+3", "1000"],
  ["1.5e3", "1500"],
  ["0x1F", "31"],
  ["0X1F", "31"],
  ["1.10", "1.1"],
  ["0x_F", "15"],
  ["0_1", "1"],
  ["9223372036854775807", "9223372036854775807"],
  ["18446744073709551615", "18446744073709551615"],
  ["18446744073709551616", "1.8446744073709552e+19"],
  ["-9223372036854775808", "-9223372036854775808"],
  ["-9223372036854775809", "-9.223372036854776e+18"],
  ["123456789012345678901234567890", "1.2345678901234568e+29"],
  ["1e6", "1e+06"],
  ["123456789.0", "1.23456789e+08"],
  ["0.00001", "1e-05"],
  ["1e-7", "1e-07"],
  ["123e20", "1.23e+22"],
  ["100000.5", "100000.5"],
  ["1234567.5", "1.2345675e+06"],
  [".5", "0.5"],
  ["5.", "5"],
  ["-.5", "-0.5"],
  ["+5", "5"],
  ["-0", "0"],
  ["-0.0", "-0"],
  ["0.0", "0"],
  ["00", "0"],
  ["089", "89"],
  ["08", "8"],
  ["0o17", "15"],
  ["0O17", "15"],
  ["-017", "-15"],
  ["-0x1F", "-31"],
  ["+0x1F", "31"],
  ["-0b11", "-3"],
  ["0_o7", "7"],
  ["0b_1", "1"],
  ["0b1_", "1"],
  ["1__0", "10"],
  ["1_", "1"],
  ["1_000.5", "1000.5"],
  ["1_0e3", "10000"],
  ["1_e3", "1000"],
  [".1_0", "0.1"],
  ["0777777777777777777777777", "7.777777777777778e+23"],
  [".inf", "+Inf"],
  ["+.inf", "+Inf"],
  [".INF", "+Inf"],
  ["-.inf", "-Inf"],
  [".nan", "NaN"],
  [".NaN", "NaN"],
  ["_1", "_1"],
  ["._1", "._1"],
  ["0x", "0x"],
  ["0x_", "0x_"],
  ["0b2", "0b2"],
  ["0o8", "0o8"],
  ["0x1.8p1", "0x1.8p1"],
  ["0xFFFFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFFF"],
  ["1e1000", "1e1000"],
  ["22:22", "22:22"],
  ["2026-13-45", "2026-13-45"],
  ["NaN", "NaN"],
  ["Infinity", "Infinity"],
  [".Nan", ".Nan"],
  ["+", "+"],
  ["=", "="],
];

describe("a number where a text is wanted", () => {
  it.each(asComposeHasIt)("%s is %s", (written, text) => {
    expect(numberText(written)).toBe(text);
  });

  it("stays a whole number that is written as one, however large", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (value) => {
        expect(numberText(String(value))).toBe(String(value));
      }),
    );
  });

  it("stays the same number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = numberText(String(value));
        // Of zero there is one.
        expect(Number(text) === value).toBe(true);
        expect(numberText(text)).toBe(text);
      }),
    );
  });
});
