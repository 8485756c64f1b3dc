import { compareText } from "./rule.js";
import type { Rank, TagRule } from "./rule.js";

/** A tag, and what became of it. */
export interface Candidate {
  readonly tag: string;
  readonly verdict: "chosen" | "passed-over" | "unfit";
  readonly why: string;
}

export interface Choice {
  /** Undefined: none fits. */
  readonly tag: string | undefined;
  /** The chosen tag is not in the list any more: what runs of it is kept. */
  readonly isGone: boolean;
  /**
   * Those that fit and come between the first running one and the chosen one, lowest first, of equals one. Empty where the running
   * one does not fit, or there is none.
   */
  readonly skipped: readonly string[];
  /** Those that fit from the best on, then the others by their text. */
  readonly candidates: readonly Candidate[];
}

export interface Circumstances {
  /** The tags that the service runs: where one fits, nothing that comes before it in the order is chosen. */
  readonly running: readonly string[];
  /** When the image of a tag was made, epoch ms; for the order `newest`. A tag without a time is as old as can be. */
  readonly made?: ReadonlyMap<string, number>;
}

interface Fitting {
  readonly tag: string;
  readonly rank: Rank;
}

/**
 * Which of the tags is followed, and for each why, or why not. Pure; the order of `tags` does not matter. Never one that comes
 * before a running one that fits; a running one that does not fit any more is a person's change, and counts for nothing.
 */
export function choose(tags: readonly string[], rule: TagRule, { running, made }: Circumstances): Choice {
  const listed = new Set(tags);
  const kept = new Set(running);
  const unfit: Candidate[] = [];
  const fitting = [...new Set([...tags, ...running])].flatMap((tag): Fitting[] => {
    const judgement = rule.judge(tag);
    if (judgement.fits) return [{ tag, rank: judgement.rank }];
    if (listed.has(tag)) unfit.push({ tag, verdict: "unfit", why: judgement.why });
    return [];
  });
  const compare = (one: Fitting, other: Fitting) => {
    const age = rule.order === "newest" ? (made?.get(one.tag) ?? 0) - (made?.get(other.tag) ?? 0) : 0;
    return age || rule.compare(one.rank, other.rank);
  };
  const preferred = (one: Fitting, other: Fitting) =>
    compare(other, one) ||
    Number(kept.has(other.tag)) - Number(kept.has(one.tag)) ||
    Number(listed.has(other.tag)) - Number(listed.has(one.tag)) ||
    plainer(other, rule) - plainer(one, rule) ||
    compareText(other.tag, one.tag);
  const [best, ...rest] = fitting.sort(preferred);
  const others = unfit.sort((one, other) => compareText(one.tag, other.tag));
  if (best === undefined) return { tag: undefined, isGone: false, skipped: [], candidates: others };
  const isGone = !listed.has(best.tag);
  const passedOver = rest
    .filter(({ tag }) => listed.has(tag))
    .map(({ tag, ...one }): Candidate => {
      const isEqual = compare({ tag, ...one }, best) === 0;
      return { tag, verdict: "passed-over", why: isEqual ? `it equals ${best.tag}` : `it comes before ${best.tag}` };
    });
  const chosen: Candidate = { tag: best.tag, verdict: "chosen", why: reasonOf(best.tag, isGone, rule) };
  const from = fitting.find(({ tag }) => tag === running[0]);
  const skipped =
    from === undefined
      ? []
      : between(
          from,
          best,
          rest.filter(({ tag }) => listed.has(tag)),
          compare,
        );
  return { tag: best.tag, isGone, skipped, candidates: [chosen, ...passedOver, ...others] };
}

/** `sorted`: from the best on, and of equals the one that counts first. */
function between(
  from: Fitting,
  to: Fitting,
  sorted: readonly Fitting[],
  compare: (one: Fitting, other: Fitting) => number,
): readonly string[] {
  const inside = sorted.filter((one) => compare(one, from) > 0 && compare(to, one) > 0);
  const first = inside.filter((one, index) => index === 0 || compare(inside[index - 1] ?? one, one) !== 0);
  return first.map(({ tag }) => tag).reverse();
}

/** Of equal versions the one that is written like the tag in the file, and then the one that says more. */
function plainer({ rank: { version } }: Fitting, { hasPrefix }: TagRule): number {
  if (version === undefined) return 0;
  return (version.hasPrefix === hasPrefix ? 10 : 0) + version.numbers.length;
}

const lasts = {
  semver: "the highest version",
  numeric: "the highest number",
  alphabetical: "the last one",
  newest: "the newest",
} as const;

function reasonOf(tag: string, isGone: boolean, { order, text }: TagRule): string {
  if (!isGone) return `${lasts[order]} by ${text}`;
  return `it runs and is kept: the registry has no ${tag} any more, and nothing that fits comes after it`;
}
