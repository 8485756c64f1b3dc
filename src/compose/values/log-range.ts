import { FairleadError } from "../../errors.js";
import { parseDuration } from "./duration.js";
import { quote } from "../../tools/quote.js";

const time = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

/**
 * A time, or how long ago it was before `now` (milliseconds since 1970); answers ISO 8601 with whatever decimals were given.
 * Throws FairleadError `ConfigInvalid`.
 */
export function parseSince(text: string, now: number): string {
  const moment = time.test(text) ? Date.parse(text) : now - ageOf(text);
  if (Number.isNaN(moment) || (time.test(text) && !isDay(text.slice(0, 10)))) throw notATime(text);
  const [, decimals = ""] = /\.(\d+)/.exec(text) ?? [];
  const iso = new Date(moment).toISOString();
  return time.test(text) && decimals !== "" ? `${iso.slice(0, 19)}.${decimals.padEnd(9, "0")}Z` : iso;
}

/** How many lines; undefined: `all`. Throws FairleadError `ConfigInvalid`. */
export function parseTail(text: string): number | undefined {
  if (text === "all") return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new FairleadError("ConfigInvalid", `${quote(text)} is not a number of lines`, {
    remedy: "write for example 100, or all",
    retry: "never",
  });
}

/** The 31st of February is the 3rd of March to `Date`. */
function isDay(date: string): boolean {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
}

function ageOf(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    throw notATime(text);
  }
}

function notATime(text: string): FairleadError {
  const age = /^\d+$/.test(text) ? `${text}m` : "10m";
  return new FairleadError("ConfigInvalid", `${quote(text)} is not a time`, {
    remedy: `write 2026-01-31T12:00:00Z, or ${age} for as long ago`,
    retry: "never",
  });
}
