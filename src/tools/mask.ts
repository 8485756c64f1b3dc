/** Takes out of the words of others what may be secret. Our own words need none of this: a `Secret` does not print. */

const url = /(\b[a-z][a-z0-9+.-]*:\/\/)(?:[^\s"'/]*@)?([^\s"'?]*)(\?[^\s"']*)?/gi;

/** User information of URLs goes, and so do their queries, which can hold signatures and tokens. */
export function withoutUrlSecrets(text: string): string {
  return text.replace(
    url,
    (_, scheme: string, rest: string, query?: string) => `${scheme}${rest}${query === undefined ? "" : "?…"}`,
  );
}

/** Which values are masked, and by what: shorter ones than `shortest` characters would be found everywhere. */
export interface Masking {
  readonly shortest: number;
  readonly by: string;
}

/** Each of the values gives way to a sign; the longest first, so that nothing is left of one that holds another. */
export function withoutValues(text: string, values: Iterable<string>, { shortest, by }: Masking): string {
  return [...values]
    .filter((value) => value.length >= shortest)
    .sort((one, other) => other.length - one.length)
    .reduce((masked, value) => masked.replaceAll(value, by), text);
}
