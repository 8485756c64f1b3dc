import { FairleadError } from "../../errors.js";
import { quote } from "../../tools/quote.js";

/** The minutes of a calendar: all fields have to fit, of the two kinds of days either where both are restricted. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  /** 1 to 31. */
  readonly days: ReadonlySet<number>;
  /** 1 to 12. */
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** Both were written: one of them is enough. */
  readonly eitherDay: boolean;
  /** At times of day that were written, not at every so many minutes or hours. */
  readonly atTimes: boolean;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names of its values, from `least` on. */
  readonly words?: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const minute: Field = { name: "minute", least: 0, most: 59 };
const hour: Field = { name: "hour", least: 0, most: 23 };
const day: Field = { name: "day of the month", least: 1, most: 31 };
const month: Field = { name: "month", least: 1, most: 12, words: months };
const weekday: Field = { name: "day of the week", least: 0, most: 7, words: weekdays };

/** The longest each month can be. */
const lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Words for whole expressions. */
const nicknames: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

const example = "write five fields, such as `0 2 * * sat` for Saturdays at two";

/**
 * Five fields as crontab(5) has them: numbers, names, ranges, lists and steps, or a word such as `@daily`. Throws FairleadError `SpecInvalid`, also for
 * one that no day ever fits.
 */
export function parseCron(text: string): Cron {
  const short = text.trim();
  const written = (nicknames.get(short.toLowerCase()) ?? short).split(/\s+/);
  const [first = "", second = "", third = "", fourth = "", fifth = ""] = written;
  if (written.length !== 5) throw invalid(`${quote(text)} is not a cron expression of five fields`, example);
  const cron: Cron = {
    minutes: values(first, minute),
    hours: values(second, hour),
    days: values(third, day),
    months: values(fourth, month),
    weekdays: new Set([...values(fifth, weekday)].map((number) => number % 7)),
    eitherDay: !third.startsWith("*") && !fifth.startsWith("*"),
    atTimes: !first.startsWith("*") && !second.startsWith("*"),
  };
  if (!cron.eitherDay && !everComes(cron)) throw invalid(`${quote(text)} fits no day of any year`, example);
  return cron;
}

function everComes({ days, months: wanted }: Cron): boolean {
  return [...wanted].some((number) => [...days].some((date) => date <= (lengths[number - 1] ?? 0)));
}

function values(text: string, field: Field): ReadonlySet<number> {
  return new Set(text.split(",").flatMap((part) => valuesOf(part, field)));
}

function valuesOf(part: string, field: Field): readonly number[] {
  const [, range = "", step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
  const [from, to] = bounds(range, field, part);
  if (step === undefined) return numbers(from, to, 1);
  if (Number(step) === 0 || (range !== "*" && !range.includes("-"))) {
    throw invalid(
      `${quote(part)} is not a step in the field of the ${field.name}`,
      "write for example `*/15` or `8-18/2`",
    );
  }
  return numbers(from, to, Number(step));
}

function bounds(range: string, field: Field, part: string): readonly [number, number] {
  if (range === "*") return [field.least, field.most === 7 ? 6 : field.most];
  const ends = range.split("-");
  const from = valueOf(ends[0] ?? "", field);
  const to = valueOf(ends.at(-1) ?? "", field);
  if (ends.length <= 2 && from !== undefined && to !== undefined && from <= to) return [from, to];
  const known = `${field.least} to ${field.most}${field.words === undefined ? "" : `, or ${field.words.join(", ")}`}`;
  throw invalid(
    `${quote(part)} does not fit the field of the ${field.name}`,
    `it takes ${known}, ranges, lists and steps`,
  );
}

function valueOf(text: string, { least, most, words = [] }: Field): number | undefined {
  const word = words.indexOf(text.toLowerCase());
  if (word >= 0) return word + least;
  const number = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  return number >= least && number <= most ? number : undefined;
}

function numbers(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function invalid(message: string, remedy: string): FairleadError {
  return new FairleadError("SpecInvalid", message, { remedy });
}
