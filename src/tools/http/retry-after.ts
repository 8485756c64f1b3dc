const unitMs: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  ns: 1e-6,
};

/**
 * Retry-After as milliseconds, at most the longest that is believed: seconds, also fractions of one; an HTTP date; or Go's durations, which GHCR writes
 * (`591.714µs`). Undefined where it says nothing usable.
 */
export function parseRetryAfter(header: string | undefined, now: number, longestMs: number): number | undefined {
  const text = header?.trim() ?? "";
  const ms = seconds(text) ?? duration(text) ?? untilDate(text, now);
  return ms === undefined ? undefined : Math.min(Math.max(Math.ceil(ms), 0), longestMs);
}

function seconds(text: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : undefined;
}

/** A micro sign arrives as one or two Latin-1 characters, depending on the sender's encoding. */
function duration(text: string): number | undefined {
  const plain = text.replace(/Î¼|Âµ|[µμ]/g, "u");
  if (!/^(\d+(\.\d+)?(h|ms|us|ns|m|s))+$/.test(plain)) return undefined;
  let total = 0;
  for (const [, amount, unit = ""] of plain.matchAll(/([\d.]+)([a-z]+)/g))
    total += Number(amount) * (unitMs[unit] ?? 0);
  return total;
}

function untilDate(text: string, now: number): number | undefined {
  if (!/^[A-Z][a-z]+,? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at - now;
}
