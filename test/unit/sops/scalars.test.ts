import { expect, it } from "vitest";
import { countedText, decimal, scalarText } from "../../../src/sops/scalars.js";

it.each([
  [1e21, "1000000000000000000000"],
  [1.5e22, "15000000000000000000000"],
  [1e-7, "0.0000001"],
  [-1.25e-9, "-0.00000000125"],
  [0.1, "0.1"],
  [12, "12"],
])("%d is counted without an exponent", (value, text) => {
  expect(decimal(value)).toBe(text);
});

it.each<[unknown, string | undefined, string | undefined]>([
  [true, "true", "True"],
  [null, "~", undefined],
  ["a", undefined, "a"],
  [420, "0644", "420"],
  [9007199254740993, "9007199254740993", "9007199254740993"],
  [1.1, "1.10", "1.1"],
  ["2024-01-02", "2024-01-02", "2024-01-02T00:00:00Z"],
  ["2024-01-02", undefined, "2024-01-02"],
  ["2024-01-02 3:04:05.60", "2024-01-02 3:04:05.60", "2024-01-02T03:04:05.6Z"],
  ["2024-01-02T03:04:05+02:00", "2024-01-02T03:04:05+02:00", "2024-01-02T03:04:05+02:00"],
])("%j, written as %j, is counted as %j", (value, plain, text) => {
  expect(countedText(value, plain)).toBe(text);
});

it.each(["yes", "~", "1", "a: b", "#x", "two\nlines", "- x", "*a", ""])("%j is quoted in YAML", (text) => {
  expect(scalarText({ type: "str", bytes: Buffer.from(text) }, false)).toBe(JSON.stringify(text));
});
