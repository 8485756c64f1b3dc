import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChoosingPolicy } from "../../../src/compose/model/policy/tag-policy.js";
import { choose } from "../../../src/tags/choose.js";
import { ruleOf } from "../../../src/tags/rule.js";

const number = fc.integer({ min: 0, max: 30 });
const version = fc
  .tuple(
    fc.constantFrom("", "v"),
    fc.array(number, { minLength: 1, maxLength: 4 }),
    fc.constantFrom("", "-rc1", "-beta.2"),
    fc.constantFrom("", "-alpine", "-slim"),
  )
  .map(([prefix, numbers, pre, variant]) => `${prefix}${numbers.join(".")}${pre}${variant}`);
const odd = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/);
const tag = fc.oneof({ weight: 4, arbitrary: version }, odd);
const tags = fc.array(tag, { maxLength: 30 });
const written = fc.constantFrom(undefined, "latest", "1.4", "v1", "1.4-alpine", "2024.01.05");
const policy = fc.constantFrom<ChoosingPolicy>(
  { kind: "semver", range: "^1.4" },
  { kind: "semver", range: "*" },
  { kind: "semver", range: ">=1.0.0-0" },
  { kind: "pattern", pattern: "v?(?<version>.*)", order: "semver" },
  { kind: "pattern", pattern: "[a-z](?<n>.*)", order: "numeric" },
  { kind: "pattern", pattern: ".*", order: "alphabetical" },
  { kind: "pattern", pattern: ".*", order: "newest" },
);

describe("whatever tags there are", () => {
  it("the choice is among those that fit, and each tag is told of once", () => {
    fc.assert(
      fc.property(policy, written, tags, (chosenPolicy, template, list) => {
        const rule = ruleOf(chosenPolicy, template);
        const { tag: chosen, candidates } = choose(list, rule, { running: [] });
        expect(candidates.map((one) => one.tag).sort()).toEqual([...new Set(list)].sort());
        expect(candidates.filter(({ verdict }) => verdict === "chosen").map((one) => one.tag)).toEqual(
          chosen === undefined ? [] : [chosen],
        );
        expect(chosen === undefined).toBe(list.every((one) => !rule.judge(one).fits));
      }),
    );
  });

  it("their order changes nothing", () => {
    const shuffled = tags.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(policy, written, shuffled, tags, (chosenPolicy, template, [list, other], running) => {
        const rule = ruleOf(chosenPolicy, template);
        expect(choose(other, rule, { running })).toEqual(choose(list, rule, { running }));
      }),
    );
  });

  it("what is passed over fits, and is told of in order, all of it and once", () => {
    fc.assert(
      fc.property(policy, written, tags, tag, (chosenPolicy, template, list, from) => {
        const rule = ruleOf(chosenPolicy, template);
        const rankOf = (one: string) => {
          const judged = rule.judge(one);
          return judged.fits ? judged.rank : undefined;
        };
        const { tag: chosen, skipped } = choose(list, rule, { running: [from] });
        const [low, high] = [rankOf(from), chosen === undefined ? undefined : rankOf(chosen)];
        const inside = list.map(rankOf).filter((rank) => {
          if (rank === undefined || low === undefined || high === undefined) return false;
          return rule.compare(rank, low) > 0 && rule.compare(high, rank) > 0;
        });
        const ranks = skipped.map(rankOf);
        expect(skipped.every((one) => list.includes(one))).toBe(true);
        for (const [index, rank] of ranks.entries()) {
          const before = ranks[index - 1];
          if (rank !== undefined && before !== undefined) expect(rule.compare(rank, before)).toBeGreaterThan(0);
        }
        for (const rank of inside) {
          const isTold = ranks.some((one) => rank !== undefined && one !== undefined && rule.compare(one, rank) === 0);
          expect(isTold).toBe(true);
        }
        expect(skipped.length).toBeLessThanOrEqual(inside.length);
      }),
    );
  });

  it("it never goes downward by itself: not from any list to any other", () => {
    fc.assert(
      fc.property(policy, written, tags, tags, (chosenPolicy, template, before, after) => {
        const rule = ruleOf(chosenPolicy, template);
        const first = choose(before, rule, { running: [] }).tag;
        if (first === undefined) return;
        const second = choose(after, rule, { running: [first] }).tag;
        const [one, other] = [first, second ?? ""].map((text) => rule.judge(text));
        if (one?.fits !== true || other?.fits !== true) throw new Error("what is chosen fits");
        expect(rule.compare(other.rank, one.rank)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("what is chosen stays chosen while nothing changes", () => {
    fc.assert(
      fc.property(policy, written, tags, (chosenPolicy, template, list) => {
        const rule = ruleOf(chosenPolicy, template);
        const first = choose(list, rule, { running: [] }).tag;
        if (first === undefined) return;
        expect(choose(list, rule, { running: [first] }).tag).toBe(first);
      }),
    );
  });

  it("the work grows with their number and length alone, whoever has written them", () => {
    const nasty = Array.from(
      { length: 20_000 },
      (_, index) => `1.${"9".repeat(index % 15)}-${"a1.".repeat(index % 30)}x${index}`,
    );
    const rule = ruleOf({ kind: "pattern", pattern: "(?:(?<a>[0-9a-z.-]+)+)+!", order: "alphabetical" }, undefined);
    // With backtracking one of them would outlast the test.
    expect(choose(nasty, rule, { running: [] }).tag).toBeUndefined();
    expect(choose(nasty, ruleOf({ kind: "semver", range: "*" }, "1.9"), { running: [] }).tag).toBeUndefined();
  });
});
