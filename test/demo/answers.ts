/** One attempt to reach the page. */
export interface Attempt {
  /** When its result was known, epoch milliseconds. */
  readonly at: number;
  /** The page's text; absent: no answer, or not a good one. */
  readonly text: string | undefined;
}

/** What somebody saw who kept asking. */
export interface Answers {
  readonly answered: number;
  readonly failed: number;
  /** The longest time from one good answer to the next, in milliseconds. */
  readonly longestGapMs: number;
}

/** Of attempts in the order of time. The time before the first and after the last answer counts as a gap as well. */
export function summarise(attempts: readonly Attempt[]): Answers {
  const good = attempts.filter(({ text }) => text !== undefined).map(({ at }) => at);
  const moments = [attempts[0]?.at ?? 0, ...good, attempts.at(-1)?.at ?? 0];
  const gaps = moments.slice(1).map((at, index) => at - moments[index]!);
  return { answered: good.length, failed: attempts.length - good.length, longestGapMs: Math.max(0, ...gaps) };
}
