import { describe, expect, it } from "vitest";
import { compareVersions, parseRange, parseVersion } from "../../../src/tags/version.js";
import { FairleadError } from "../../../src/errors.js";

describe("a tag as a version", () => {
  it.each([
    ["1.4.2", "1.4.2", ""],
    ["1.4", "1.4.0", ""],
    ["7", "7.0.0", ""],
    ["v1.4.2", "1.4.2", ""],
    ["V1.4.2", "1.4.2", ""],
    ["1.4-alpine", "1.4.0", "-alpine"],
    ["1.4.2-alpine3.19", "1.4.2", "-alpine3.19"],
    ["1.4.2_build5", "1.4.2", "_build5"],
    ["1.4.2-1", "1.4.2", "-1"],
    ["1.4.2-debian-12-r5", "1.4.2", "-debian-12-r5"],
    ["2024.01.05", "2024.1.5", ""],
    ["4.0.9.2244-ls253", "4.0.9", "-ls253"],
    ["1.5.0-rc.1", "1.5.0-rc.1", ""],
    ["1.5.0-rc1", "1.5.0-rc.1", ""],
    ["1.5.0-RC-1", "1.5.0-rc.1", ""],
    ["1.5.0-rc.01", "1.5.0-rc.1", ""],
    ["3.13.0rc1-slim", "3.13.0-rc.1", "-slim"],
    ["3.13.0b2", "3.13.0-b.2", ""],
    ["1.5.0-beta", "1.5.0-beta", ""],
    ["1.5.0-beta.2.1-alpine", "1.5.0-beta.2.1", "-alpine"],
    ["1.5.0.M2", "1.5.0-m.2", ""],
    ["1.5-SNAPSHOT", "1.5.0-snapshot", ""],
    ["1.4.2-amd64", "1.4.2", "-amd64"],
    ["1.4-betamax", "1.4.0", "-betamax"],
  ])("reads %s as %s%s", (tag, semver, variant) => {
    const version = parseVersion(tag);
    expect([version?.semver.version, version?.variant]).toEqual([semver, variant]);
  });

  it.each([
    "latest",
    "alpine",
    "sha256-1f.sig",
    "1.2.3.4.5",
    "1.4alpine",
    "release-1.4",
    "",
    "v",
    "1234567890123456",
    "1.",
  ])("takes %j for no version", (tag) => {
    expect(parseVersion(tag)).toBeUndefined();
  });

  it.each([
    ["2024.01.05", true],
    ["20240105", true],
    ["1234567", true],
    ["1.4.2", false],
    ["812", false],
  ])("sees whether %s begins with a year or a date: %s", (tag, isCalendar) => {
    expect(parseVersion(tag)?.isCalendar).toBe(isCalendar);
  });

  it("puts versions in order, whatever they leave out", () => {
    const order = ["1.4.0-beta", "1.4-rc2", "1.4.0-rc10", "1.4.0", "1.4.0.7", "1.4.0.12", "1.4.2", "1.10", "2"];
    const parsed = [...order].reverse().flatMap((tag) => parseVersion(tag) ?? []);
    expect(parsed.sort(compareVersions).map(({ text }) => text)).toEqual(order);
  });
});

describe("a range of versions", () => {
  it.each([
    ["^1.4", "1.4.0 1.4.9 1.10.0", "1.3.9 2.0.0 1.5.0-rc.1"],
    ["~1.4.2", "1.4.2 1.4.9", "1.5.0 1.4.1"],
    [">=1.4 <3", "1.4 2.9", "3.0.0 1.3"],
    ["1.x || 3.x", "1.0.0 3.7.1", "2.0.0"],
    ["^1.4.0-0", "1.5.0-rc.1 1.5.0", "2.0.0-rc.1"],
    ["~2024.01", "2024.01.05 2024.1.31", "2024.02.01"],
    ["*", "1.4 7", "1.5.0-rc.1"],
  ])("%s includes %s, and not %s", (text, inside, outside) => {
    const range = parseRange(text);
    const isIn = (tag: string) => {
      const version = parseVersion(tag);
      return version !== undefined && range.includes(version);
    };
    expect(inside.split(" ").filter((tag) => !isIn(tag))).toEqual([]);
    expect(outside.split(" ").filter(isIn)).toEqual([]);
  });

  it.each(["", " ", "latest", "^1.4-0", ">=", "1.4 to 2", "^".repeat(300)])("%j is none", (text) => {
    expect(() => parseRange(text)).toThrow(FairleadError);
  });
});
