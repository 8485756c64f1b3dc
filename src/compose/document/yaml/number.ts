/*
 * Numbers of a Compose file are what Docker Compose's own YAML parser takes for numbers. It knows more of them than YAML 1.2:
 * `1_000`, `0b11`, and `0644` for 420.
 */

const integer = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/;
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const [least, most] = [-(2n ** 63n), 2n ** 64n - 1n];

/** Undefined: it is none, or none that 64 bits hold. */
export function wholeNumber(written: string): bigint | undefined {
  const found = /^[-+\d]/.test(written) ? integer.exec(written.replaceAll("_", "")) : null;
  if (found === null) return undefined;
  const [, sign, hexadecimal, binary, octal, decimal] = found;
  const digits =
    hexadecimal !== undefined
      ? `0x${hexadecimal}`
      : binary !== undefined
        ? `0b${binary}`
        : octal === undefined
          ? (decimal ?? "")
          : `0o${octal}`;
  const value = sign === "-" ? -BigInt(digits) : BigInt(digits);
  return value >= least && value <= most ? value : undefined;
}

/** Undefined: it is none. */
export function fraction(written: string): number | undefined {
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(written)) return written.startsWith("-") ? -Infinity : Infinity;
  if (/^\.(?:nan|NaN|NAN)$/.test(written)) return NaN;
  // Behind a leading point `_` divides digits only.
  if (!/^[-+\d]|^\.\d(?:_?[\deE+-])*$/.test(written)) return undefined;
  const plain = written.replaceAll("_", "");
  const value = float.test(plain) ? Number(plain) : Infinity;
  return Number.isFinite(value) ? value : undefined;
}

/** What Docker Compose makes of a number where a text is wanted; the text itself where it is none. */
export function numberText(written: string): string {
  const whole = wholeNumber(written);
  if (whole !== undefined) return String(whole);
  const value = fraction(written);
  if (value === undefined) return written;
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const [mantissa = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
