import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isIpAddress } from "../../../../src/compose/values/address.js";

describe("isIpAddress", () => {
  it.each([
    "0.0.0.0",
    "255.249.199.99",
    "127.0.0.1",
    "::",
    "::1",
    "1::",
    "1:2:3:4:5:6:7:8",
    "fe80::1:2",
    "::ffff:1.2.3.4",
    "ABCD::",
  ])("%s is one", (text) => {
    expect(isIpAddress(text)).toBe(true);
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.1.1.1",
    "1.2.3.4 ",
    ":",
    ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "12345::",
    "g::",
    "::1.2.3",
    "::1.2.3.256",
    "1:2:3:4:5:6:7::8",
    "host",
    ":1",
    "1:",
  ])("%j is none", (text) => {
    expect(isIpAddress(text)).toBe(false);
  });

  it("agrees with Node", () => {
    const near = fc.string({ unit: fc.constantFrom(...Array.from("0125f:."), "::", "1.2.3.4", "255"), maxLength: 10 });
    fc.assert(
      fc.property(fc.oneof(near, fc.ipV4(), fc.ipV6()), (text) => {
        expect(isIpAddress(text)).toBe(isIP(text) !== 0);
      }),
      { numRuns: 1000 },
    );
  });
});
