import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRetryAfter } from "../../../../src/tools/http/retry-after.js";

const now = Date.parse("2026-11-20T12:00:00Z");
const dayMs = 86_400_000;

describe("parseRetryAfter", () => {
  it.each([
    ["0", 0],
    ["120", 120_000],
    [" 7 ", 7000],
    ["0.457", 457],
    ["0.0001", 1],
    ["1.5s", 1500],
    ["591.714µs", 1],
    ["591.714Âµs", 1],
    ["44.1ms", 45],
    ["1h2m3s", 3_723_000],
    ["Fri, 20 Nov 2026 12:00:30 GMT", 30_000],
    ["Friday, 20-Nov-26 12:00:30 GMT", 30_000],
    ["Fri, 20 Nov 2026 11:00:00 GMT", 0],
    ["99999999999999999999", dayMs],
    ["Mon, 01 Jan 2035 00:00:00 GMT", dayMs],
    ["-5", undefined],
    ["1e9", undefined],
    ["soon", undefined],
    ["5 apples", undefined],
    ["Soon, very", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%j is %j ms", (header, expected) => {
    expect(parseRetryAfter(header, now, dayMs)).toBe(expected);
  });

  it("keeps every whole second of a day", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: dayMs / 1000 }), (seconds) => {
        expect(parseRetryAfter(String(seconds), now, dayMs)).toBe(seconds * 1000);
        expect(parseRetryAfter(new Date(now + seconds * 1000).toUTCString(), now, dayMs)).toBe(seconds * 1000);
      }),
    );
  });

  it("gives whole milliseconds within a day, or nothing", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.hmsuµ]{1,12}$/)), (text) => {
        const ms = parseRetryAfter(text, now, dayMs);
        expect(ms === undefined || (Number.isInteger(ms) && ms >= 0 && ms <= dayMs)).toBe(true);
      }),
    );
  });
});
