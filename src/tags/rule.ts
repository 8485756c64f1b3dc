import { formatPolicy } from "../compose/model/policy/tag-policy.js";
import type { ChoosingPolicy, TagOrder } from "../compose/model/policy/tag-policy.js";
import { quote } from "../tools/quote.js";
import { parseExpression } from "./expression.js";
import { compareVersions, parseRange, parseVersion } from "./version.js";
import type { TagVersion, VersionRange } from "./version.js";

/** What one tag is worth. */
export type Judgement = { readonly fits: true; readonly rank: Rank } | { readonly fits: false; readonly why: string };

/** Where a fitting tag stands in the order. */
export interface Rank {
  readonly version?: TagVersion;
  /** Compared one after the other, behind the version. */
  readonly keys: readonly string[];
}

/** A policy, ready to judge tags. Pure, and each judgement takes a time that grows with the tag's length alone. */
export interface TagRule {
  /** `semver ^1.4`. */
  readonly text: string;
  readonly order: TagOrder;
  readonly judge: (tag: string) => Judgement;
  /** Positive where the first comes later in the order. Of the order `newest` only what is equally new. */
  readonly compare: (one: Rank, other: Rank) => number;
  /** The written tag has a `v`. */
  readonly hasPrefix: boolean;
}

/** `written`: the tag in the services file. Throws FairleadError `SpecInvalid` where range or pattern are none. */
export function ruleOf(policy: ChoosingPolicy, written: string | undefined): TagRule {
  const text = formatPolicy(policy);
  const template = written === undefined ? undefined : parseVersion(written);
  const hasPrefix = template?.hasPrefix ?? false;
  if (policy.kind === "semver") {
    const range = parseRange(policy.range);
    const isCalendar = range.isCalendar || template?.isCalendar === true;
    const judge = (tag: string) => judgeVersion(tag, { range, variant: template?.variant ?? "", isCalendar });
    return { text, order: "semver", judge, compare: compareRanks, hasPrefix };
  }
  const { order, pattern } = policy;
  const expression = parseExpression(pattern);
  const range = parseRange(policy.range ?? "*");
  const judge = (tag: string): Judgement => {
    const keys = expression.keysOf(tag);
    if (keys === undefined) return unfit(`it does not fit ${pattern}`);
    if (order === "semver") return judgeKeys(keys, range);
    const odd = order === "numeric" ? keys.find((key) => !/^\d+$/.test(key)) : undefined;
    return odd === undefined ? { fits: true, rank: { keys } } : unfit(`${quote(odd)} is no whole number`);
  };
  const alphabetical = (one: Rank, other: Rank) => compareKeys(one.keys, other.keys, compareText);
  return { text, order, judge, compare: order === "alphabetical" ? alphabetical : compareRanks, hasPrefix };
}

function judgeKeys([first = "", ...keys]: readonly string[], range: VersionRange): Judgement {
  const judged = judgeVersion(first, { range, variant: "", isCalendar: true });
  return judged.fits ? { fits: true, rank: { ...judged.rank, keys } } : judged;
}

interface VersionTerms {
  readonly range: VersionRange;
  readonly variant: string;
  readonly isCalendar: boolean;
}

function judgeVersion(tag: string, { range, variant, isCalendar }: VersionTerms): Judgement {
  const version = parseVersion(tag);
  if (version === undefined) return unfit(`${quote(tag)} is no version`);
  if (version.variant !== variant) {
    const [own, wanted] = [version.variant, variant].map((one) => (one === "" ? "no suffix" : `the suffix ${one}`));
    return unfit(`it has ${own}, the written tag has ${wanted}`);
  }
  if (version.isCalendar && !isCalendar)
    return unfit("it begins with a year; neither the written tag nor the range does");
  if (version.isPrerelease && !range.asksPrereleases) return unfit(`it is a pre-release, and ${range.text} names none`);
  if (!range.includes(version)) return unfit(`${version.text} is not within ${range.text}`);
  return { fits: true, rank: { version, keys: [] } };
}

function unfit(why: string): Judgement {
  return { fits: false, why };
}

function compareRanks(one: Rank, other: Rank): number {
  const versions =
    one.version === undefined || other.version === undefined ? 0 : compareVersions(one.version, other.version);
  return versions || compareKeys(one.keys, other.keys, compareNatural);
}

function compareKeys(
  one: readonly string[],
  other: readonly string[],
  compare: (one: string, other: string) => number,
): number {
  for (const [index, key] of one.entries()) {
    const order = compare(key, other[index] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

export function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Numbers, however long, as numbers; other texts by their characters. */
export function compareNatural(one: string, other: string): number {
  if (!/^\d+$/.test(one) || !/^\d+$/.test(other)) return compareText(one, other);
  const [left, right] = [one, other].map((digits) => digits.replace(/^0+(?=\d)/, ""));
  if (left === undefined || right === undefined) return 0;
  return left.length - right.length || compareText(left, right);
}
