import { FairleadError } from "../../errors.js";
import { quote } from "../../tools/quote.js";

const unitMs: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["μs", 1e-3],
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** The engine keeps durations as nanoseconds in 64 bits. */
const longestMs = 9_223_372_036_854;

/**
 * A Go duration, as Compose writes them (`1m30s`, `1.5h`, `500ms`), in whole milliseconds. `0` needs no unit.
 * Throws FairleadError `SpecInvalid`: the engine knows nothing between 0 and 1 ms, and nothing negative.
 */
export function parseDuration(text: string): number {
  if (text === "0") return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) {
    throw invalid(
      text,
      /^\d+$/.test(text) ? `add a unit: \`${text}s\`` : "write for example `30s`, `1m30s` or `500ms`",
    );
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([^\d.]+)/g)) {
    total += Number(amount) * (unitMs.get(unit ?? "") ?? NaN);
  }
  if (total > longestMs) throw invalid(text, "the longest duration is about 292 years");
  if (total > 0 && total < 1) throw invalid(text, "the shortest duration is `1ms`");
  return Math.round(total);
}

/** The same, from `least` to `most` milliseconds. */
export function durationWithin(text: string, least: number, most: number): number {
  const ms = parseDuration(text);
  if (ms >= least && ms <= most) return ms;
  const remedy = `write ${formatDuration(least)} to ${formatDuration(most)}`;
  const what = ms < least ? "short" : "long";
  throw new FairleadError("SpecInvalid", `${quote(text)} is too ${what}`, { remedy, retry: "never" });
}

/** As Go writes it: `1h0m0s`, `1m30s`, `1.5s`, `500ms`. */
export function formatDuration(ms: number): string {
  if (ms > 0 && ms < 1_000) return `${ms}ms`;
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60];
  const seconds = `${(ms % 60_000) / 1_000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

const periodUnitMs: ReadonlyMap<string, number> = new Map([
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 604_800_000],
]);

/** The period of `pull_policy: every_…`, such as `1d12h`, in milliseconds; undefined if it is none, or none at all. */
export function parsePeriod(text: string): number | undefined {
  if (!/^(?:\d{1,6}[wdhms])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)(\D)/g)];
  const total = parts.reduce((sum, [, amount, unit = ""]) => sum + Number(amount) * (periodUnitMs.get(unit) ?? NaN), 0);
  return total > 0 && total <= longestMs ? total : undefined;
}

function invalid(text: string, remedy: string): FairleadError {
  return new FairleadError("SpecInvalid", `${quote(text)} is not a duration`, {
    remedy,
    retry: "never",
  });
}
