import fc from "fast-check";
import { expect, it } from "vitest";
import { blocksOverlap } from "../../../../src/compose/values/address-block.js";

it.each([
  ["10.0.0.0/8", "10.200.0.0/16", true],
  ["10.0.0.0/8", "11.0.0.0/8", false],
  ["10.0.0.0/25", "10.0.0.128/25", false],
  ["0.0.0.0/0", "192.0.2.1/32", true],
  ["fd00::/8", "fd00:1::/64", true],
  ["fd00:1::/64", "fd00:1:0:1::/64", false],
  ["::ffff:10.0.0.0/104", "::ffff:10.1.0.0/112", true],
  ["0.0.0.0/0", "::/0", false],
])("%s and %s: %s", (left, right, expected) => {
  expect(blocksOverlap(left, right)).toBe(expected);
  expect(blocksOverlap(right, left)).toBe(expected);
});

it("two blocks overlap where one begins within the other", () => {
  const block = fc
    .record({ value: fc.nat(0xffff), length: fc.integer({ min: 16, max: 32 }) })
    .map(({ value, length }) => {
      const size = 2 ** (32 - length);
      const first = value - (value % size);
      return { first, last: first + size - 1, text: `10.9.${first >> 8}.${first & 255}/${length}` };
    });
  fc.assert(
    fc.property(block, block, (one, other) => {
      expect(blocksOverlap(one.text, other.text)).toBe(one.first <= other.last && other.first <= one.last);
    }),
  );
});
