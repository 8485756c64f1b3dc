/*
 * A version as tags write it lives here, and ranges of versions. Which tag is followed does not.
 */

import type * as SemVer from "semver";
import { FairleadError } from "../errors.js";
import { quote } from "../tools/quote.js";
import { loadLate } from "../process/load-late.js";

/** A tag that is a version. What it leaves out counts as 0. */
export interface TagVersion {
  readonly text: string;
  /** One to four numbers: `1.4.2.1007`. */
  readonly numbers: readonly number[];
  /** As SemVer has it, without the fourth number. */
  readonly semver: SemVer.SemVer;
  readonly isPrerelease: boolean;
  readonly hasPrefix: boolean;
  /** `-alpine3.19`, with what separates it. Empty: none. */
  readonly variant: string;
  /** It begins with a year, or is a bare date or hash of digits. */
  readonly isCalendar: boolean;
}

/** The first number of dates, and of commits whose hash happens to be of digits: no product has so many major versions. */
const leastYear = 1900;

const words = [
  ...["alpha", "beta", "rc", "cr", "pre", "preview", "dev", "develop", "snapshot", "nightly", "canary", "next"],
  ...["milestone", "unstable", "edge", "experimental", "insider", "insiders", "testing", "test", "ea", "eap"],
].join("|");
const prereleasePattern = new RegExp(
  `^(?:[-._]?(${words})|[-.]?(a|b|c|m)(?=\\d))(?:[-._]?(\\d{1,15}(?:\\.\\d{1,15})*))?(?=$|[-_+.])`,
  "i",
);

/** Undefined: it is none. Takes what SemVer does not: `v1.4`, `1.4`, `2024.01.05`, `1.4.2.1007`, `3.13.0rc1`. */
export function parseVersion(tag: string): TagVersion | undefined {
  const [, prefix = "", dotted, rest = ""] = /^(v?)(\d{1,15}(?:\.\d{1,15}){0,3})(?![\d])(.*)$/is.exec(tag) ?? [];
  if (dotted === undefined || /^\.\d/.test(rest)) return undefined;
  const [before, one, other, digits] = prereleasePattern.exec(rest) ?? [""];
  const variant = rest.slice(before.length);
  if (variant !== "" && !/^[-_+.]./.test(variant)) return undefined;
  const numbers = dotted.split(".").map(Number);
  const [major = 0, minor = 0, patch = 0] = numbers;
  const word = one ?? other;
  const identifiers =
    word === undefined ? [] : [word.toLowerCase(), ...(digits?.split(".") ?? []).map((part) => String(Number(part)))];
  const text = [`${major}.${minor}.${patch}`, ...(identifiers.length === 0 ? [] : [identifiers.join(".")])].join("-");
  const { SemVer: Version } = semver();
  return {
    text: `${prefix}${dotted}${before}`,
    numbers,
    semver: new Version(text),
    isPrerelease: identifiers.length > 0,
    hasPrefix: prefix !== "",
    variant,
    isCalendar: major >= leastYear,
  };
}

/** By SemVer, and between pre-releases and equals by the fourth number. */
export function compareVersions(one: TagVersion, other: TagVersion): number {
  const fourth = (one.numbers[3] ?? 0) - (other.numbers[3] ?? 0);
  return one.semver.compareMain(other.semver) || fourth || one.semver.comparePre(other.semver);
}

export interface VersionRange {
  readonly text: string;
  /** It names a pre-release: only then are there any in it. */
  readonly asksPrereleases: boolean;
  /** It names a year. */
  readonly isCalendar: boolean;
  includes(version: TagVersion): boolean;
}

const longestRange = 200;

/** As npm reads it: `^1.4`, `~1.4.2`, `>=1.4 <3`, `1.x || 2.x`. Throws FairleadError `SpecInvalid`. */
export function parseRange(text: string): VersionRange {
  const { Range } = semver();
  const written = text.replace(/\d+(?:\.\d+)+/g, (dotted) => dotted.split(".").map(withoutZeros).join("."));
  const asksPrereleases = /\d-\w/.test(written);
  let range: SemVer.Range;
  try {
    if (text.trim() === "" || text.length > longestRange) throw new RangeError();
    range = new Range(written, { includePrerelease: asksPrereleases });
  } catch {
    throw new FairleadError("SpecInvalid", `${quote(text)} is not a range of versions`, {
      remedy: "write for example `^1.4`, `~1.4.2`, `>=1.4 <3` or, with pre-releases, `^1.4.0-0`",
      retry: "never",
    });
  }
  // A comparator that takes any version has no version of its own.
  const majors = range.set.flat().map((comparator) => (comparator.semver as Partial<SemVer.SemVer>).major ?? 0);
  return {
    text,
    asksPrereleases,
    isCalendar: majors.some((major) => major >= leastYear),
    includes: (version) => range.test(version.semver),
  };
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, "");
}

function semver(): typeof SemVer {
  return loadLate("semver") as typeof SemVer;
}
