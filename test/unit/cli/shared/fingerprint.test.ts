import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedSince, fingerprintOf, isFingerprint } from "../../../../src/cli/shared/fingerprint.js";

const plan = fc.record({ project: fc.constant("shop"), service: fc.string({ minLength: 1 }), text: fc.string() });
const plans = fc.uniqueArray(plan, { maxLength: 20, selector: ({ service }) => service });

describe("a plan's fingerprint", () => {
  it("is the same for the same plans in any order", () => {
    fc.assert(
      fc.property(plans, (all) => {
        expect(fingerprintOf([...all].reverse())).toBe(fingerprintOf(all));
        expect(isFingerprint(fingerprintOf(all))).toBe(true);
        expect(changedSince(fingerprintOf(all), all)).toEqual([]);
      }),
    );
  });

  it("is another as soon as one of them is, and tells which", () => {
    fc.assert(
      fc.property(plans, fc.nat(), (all, place) => {
        fc.pre(all.length > 0);
        const index = place % all.length;
        const now = all.map((one, at) => (at === index ? { ...one, text: `${one.text}.` } : one));
        expect(fingerprintOf(now)).not.toBe(fingerprintOf(all));
        expect(changedSince(fingerprintOf(all), now)).toContainEqual(now[index]);
      }),
    );
  });

  it("names all of them where there are more or fewer, and is none where it is something else", () => {
    const [one, two] = ["web", "db"].map((service) => ({ project: "shop", service, text: "x" }));
    expect(changedSince(fingerprintOf([one!]), [one!, two!])).toHaveLength(2);
    for (const text of ["", "latest", "0123456789abcdef", "0123456789abcdef-0", "0123456789ABCDEF-00"])
      expect(isFingerprint(text)).toBe(false);
    expect(isFingerprint("0123456789abcdef-")).toBe(true);
  });
});
