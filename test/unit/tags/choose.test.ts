import { describe, expect, it } from "vitest";
import type { ChoosingPolicy } from "../../../src/compose/model/policy/tag-policy.js";
import { choose } from "../../../src/tags/choose.js";
import type { Circumstances } from "../../../src/tags/choose.js";
import { ruleOf } from "../../../src/tags/rule.js";

const semver = (range: string): ChoosingPolicy => ({ kind: "semver", range });
const pattern = (
  text: string,
  order: "semver" | "numeric" | "alphabetical" | "newest",
  range?: string,
): ChoosingPolicy => ({
  kind: "pattern",
  pattern: text,
  order,
  ...(range === undefined ? {} : { range }),
});

function chosen(policy: ChoosingPolicy, written: string | undefined, tags: string, more: Partial<Circumstances> = {}) {
  return choose(tags.split(" "), ruleOf(policy, written), { running: [], ...more }).tag;
}

const release = "^release-(?<version>.*)$";

describe("the tag that a policy chooses", () => {
  it.each([
    ["the highest within the range", "^1.4", "1.4.2", "1.4.2 1.4.3 1.5.0-rc.1 2.0.0 latest", "1.4.3"],
    ["numbers as numbers", "^1.4", undefined, "1.9.0 1.10.0", "1.10.0"],
    ["pre-releases only where the range names one", "^1.4.0-0", "1.4.2", "1.4.3 1.5.0-rc.1 2.0.0-rc.1", "1.5.0-rc.1"],
    ["the written tag's suffix stays", "^1.4", "1.4-alpine", "1.4.2-alpine 1.4.3 1.4.3-slim", "1.4.2-alpine"],
    ["the suffix to the letter", "^1.4", "1.4.2-alpine3.19", "1.4.3-alpine3.19 1.5.0-alpine3.20", "1.4.3-alpine3.19"],
    ["no suffix where none is written", "^1.4", "latest", "1.4.2 1.4.3-alpine 1.4.3-amd64", "1.4.2"],
    ["a tag that says more before one that moves", "^1.4", "1.4", "1 1.5 1.5.0", "1.5.0"],
    ["of equals the one written alike", "^1.4", "v1.4", "1.5.0 v1.5.0", "v1.5.0"],
    ["of equals the one written alike, without a v", "^1.4", "1.4", "1.5.0 v1.5.0", "1.5.0"],
    ["no date among versions", ">=1.4", "1.4.2", "1.4.3 2021.11.28 20240105 1234567", "1.4.3"],
    ["dates where the written tag is one", ">=2024.1", "2024.01.05", "2024.01.31 2024.2.1 1.9", "2024.2.1"],
    ["dates where the range names a year", "~2024.01", undefined, "2024.01.05 2024.01.31", "2024.01.31"],
    ["four numbers", "^4", "4.0.9.2244", "4.0.9.2244 4.0.9.3001 4.0.9.300", "4.0.9.3001"],
    ["none", "^3", "3.1", "1.4.2 latest", undefined],
  ])("semver: %s", (_what, range, written, tags, tag) => {
    expect(chosen(semver(range), written, tags)).toBe(tag);
  });

  it.each([
    ["the group version", pattern(release, "semver"), "release-1.9 release-1.10 1.11 release-x", "release-1.10"],
    ["a range besides", pattern(release, "semver", "^1"), "release-1.9 release-2.0", "release-1.9"],
    ["no pre-release", pattern(release, "semver"), "release-1.9 release-2.0-rc1", "release-1.9"],
    ["the whole tag", pattern("main-.*", "alphabetical"), "main-a main-b pre-main-c", "main-b"],
    ["numbers", pattern("build-(?<n>\\d+)", "numeric"), "build-9 build-10 build-010x", "build-10"],
    [
      "very long numbers",
      pattern("(?<n>\\d+)", "numeric"),
      "9 123456789012345678901 123456789012345678900",
      "123456789012345678901",
    ],
    ["several groups", pattern("(?<year>\\d+)w(?<week>\\d+)", "numeric"), "2024w9 2024w10 2023w52", "2024w10"],
    [
      "the version before other groups",
      pattern("(?<build>\\d+)-(?<version>.*)", "semver"),
      "9-1.4 10-1.4 99-1.3",
      "10-1.4",
    ],
    ["Flux's spelling", pattern("^main-[a-f0-9]+-(?P<ts>[0-9]+)$", "numeric"), "main-ab-1 main-cd-22", "main-cd-22"],
  ])("pattern: %s", (_what, policy, tags, tag) => {
    expect(chosen(policy, undefined, tags)).toBe(tag);
  });

  it.each([
    ["between the two, lowest first", "1.4.2", "1.6.0 1.5.0 1.4.2 1.4.3 1.4.1 2.0.0 latest", ["1.4.3", "1.5.0"]],
    ["of equals one", "1.4.2", "1.4.2 1.5 v1.5.0 1.5.0 1.6.0 1.6", ["1.5.0"]],
    ["none where nothing is between", "1.4.2", "1.4.2 1.4.3", []],
    ["none where nothing changes", "1.4.3", "1.4.2 1.4.3", []],
    ["those after one that is gone", "1.4.2", "1.4.1 1.4.3 1.5.0", ["1.4.3"]],
    ["none where what runs does not fit", "edge", "1.4.1 1.4.3 edge", []],
    ["none where nothing runs", undefined, "1.4.1 1.4.3", []],
  ])("passes over tags: %s", (_what, from, tags, skipped) => {
    const running = from === undefined ? [] : [from];
    expect(choose(tags.split(" "), ruleOf(semver("^1"), "1.4"), { running }).skipped).toEqual(skipped);
  });

  it("is the newest by the time at which it was made", () => {
    const made = new Map([
      ["a", 300],
      ["b", 100],
      ["c", 300],
    ]);
    expect(chosen(pattern("[a-z]", "newest"), undefined, "b a 9", { made })).toBe("a");
    expect(chosen(pattern("[a-z]", "newest"), undefined, "a b c", { made })).toBe("c");
  });

  it("is never below a running one that fits", () => {
    expect(chosen(semver("^1.4"), "1.4.2", "1.4.2", { running: ["1.4.3"] })).toBe("1.4.3");
    expect(chosen(semver("^1.4"), "1.4.2", "1.4.2 1.4.4", { running: ["1.4.3"] })).toBe("1.4.4");
    expect(chosen(semver("^1.4"), "1.4.2", "1.4.3 v1.4.3", { running: ["v1.4.3"] })).toBe("v1.4.3");
  });

  it("is below a running one that a person's policy does not let in any more", () => {
    expect(chosen(semver("~1.4"), "1.4.2", "1.4.3 1.5.0", { running: ["1.5.0"] })).toBe("1.4.3");
  });
});

describe("what is said of each tag", () => {
  it("names the reason", () => {
    const tags = ["1.4.2", "1.4.3", "v1.4.3", "1.5.0-rc.1", "2.0.0", "latest", "1.4.3-alpine", "2021.11.28"];
    const { candidates, isGone } = choose(tags, ruleOf(semver("^1.4"), "1.4"), { running: ["1.4.2"] });
    expect(isGone).toBe(false);
    expect(candidates.map(({ tag, verdict, why }) => `${tag}: ${verdict}: ${why}`)).toEqual([
      "1.4.3: chosen: the highest version by semver ^1.4",
      "v1.4.3: passed-over: it equals 1.4.3",
      "1.4.2: passed-over: it comes before 1.4.3",
      "1.4.3-alpine: unfit: it has the suffix -alpine, the written tag has no suffix",
      "1.5.0-rc.1: unfit: it is a pre-release, and ^1.4 names none",
      "2.0.0: unfit: 2.0.0 is not within ^1.4",
      "2021.11.28: unfit: it begins with a year; neither the written tag nor the range does",
      'latest: unfit: "latest" is no version',
    ]);
  });

  it("says that a tag is gone and kept", () => {
    const { candidates, isGone } = choose(["1.4.2"], ruleOf(semver("^1.4"), "1.4"), { running: ["1.4.3"] });
    expect(isGone).toBe(true);
    expect(candidates[0]?.why).toBe(
      "it runs and is kept: the registry has no 1.4.3 any more, and nothing that fits comes after it",
    );
  });
});
