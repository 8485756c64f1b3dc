import fc from "fast-check";
import { expect, it } from "vitest";
import { isTorn } from "../../../../src/git/live/torn.js";

const file = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 400 }))
  .map(([bytes, times]) => Buffer.concat(Array.from({ length: times }, () => Buffer.from(bytes))));

it("a file that was cut off while it was overwritten is known, wherever that was", () => {
  fc.assert(
    fc.property(file, file, fc.double({ min: 0, max: 1, noNaN: true }), (was, next, share) => {
      const at = Math.floor(share * next.length);
      const is = Buffer.concat([next.subarray(0, at), was.subarray(at)]);
      expect(isTorn(is, was, next)).toBe(!is.equals(was) && !is.equals(next));
    }),
  );
});

it("what somebody has written is not taken for one", () => {
  const [was, next] = [Buffer.from("was ".repeat(3_000)), Buffer.from("next ".repeat(3_000))];
  expect(isTorn(Buffer.from("own ".repeat(3_000)), was, next)).toBe(false);
  expect(isTorn(Buffer.concat([was, Buffer.from("a line more\n".repeat(400))]), was, next)).toBe(false);
  expect(isTorn(Buffer.from(""), was, next)).toBe(false);
});
