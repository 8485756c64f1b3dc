import { fraction, wholeNumber } from "../compose/document/yaml/number.js";
import type { Value } from "./value.js";

/** What the code counts of a value that is not encrypted; undefined: nothing, as of null. `plain`: as it is written. */
export function countedText(value: unknown, plain: string | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return plain === undefined ? value : (timeText(plain) ?? value);
  const number = Number(value);
  const written = plain ?? String(number);
  const whole = wholeNumber(written);
  if (whole !== undefined) return String(whole);
  return decimal(fraction(written) ?? number);
}

/** Without an exponent, whatever the size. */
export function decimal(value: number): string {
  const text = String(value);
  const [, sign = "", whole = "", part = "", power] = /^(-?)(\d+)(?:\.(\d+))?e([-+]\d+)$/.exec(text) ?? [];
  if (power === undefined) return text;
  const digits = whole + part;
  const point = whole.length + Number(power);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.slice(0, point).padEnd(point, "0")}${point < digits.length ? `.${digits.slice(point)}` : ""}`;
}

const time = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt ](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?(Z|[-+]\d\d:\d\d)?)?$/;

/** What YAML of Go takes for a time, in the form that Go writes; undefined: it is none. */
function timeText(plain: string): string | undefined {
  const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0", part = "", zone = "Z"] =
    time.exec(plain) ?? [];
  if (year === "") return undefined;
  const two = (text: string) => text.padStart(2, "0");
  const fractional = part.replace(/0+$/, "");
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${fractional === "" ? "" : `.${fractional}`}${zone}`;
}

/** What the code counts of a value that was encrypted. */
export function countedValue({ type, bytes }: Value): Buffer | string {
  const text = bytes.toString("utf8");
  if (type === "bool") return /^(?:1|t|true)$/i.test(text) ? "True" : "False";
  if (type === "float") return decimal(Number(text));
  return bytes;
}

const harmless = /^[A-Za-z/][\w./@-]*$/;
const words = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** Fit for YAML and JSON, within one line. */
export function scalarText(value: Value, isJson: boolean): string {
  const text = value.bytes.toString("utf8");
  switch (value.type) {
    case "int":
    case "float":
      return text;
    case "bool":
      return countedValue(value) === "True" ? "true" : "false";
    case "str":
    case "bytes":
    case "time":
    case "comment":
      return !isJson && harmless.test(text) && !words.test(text) ? text : JSON.stringify(text);
  }
}
