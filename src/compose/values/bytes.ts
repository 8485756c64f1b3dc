import { FairleadError } from "../../errors.js";
import { quote } from "../../tools/quote.js";

const units = ["", "k", "m", "g", "t", "p"];

/**
 * A size as Compose writes it (`512m`, `1.5gb`, `2GiB`, `1048576`), in bytes. Every unit counts by 1024, also `kb`.
 * Throws FairleadError `SpecInvalid`.
 */
export function parseBytes(text: string): number {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text) ?? [];
  if (amount === undefined) throw invalid(text, "write for example `512m`, `1g` or a number of bytes");
  const bytes = Math.floor(Number(amount) * 1024 ** units.indexOf(unit.toLowerCase()));
  if (!Number.isSafeInteger(bytes)) throw invalid(text, "the largest size is 8191 TiB");
  return bytes;
}

function invalid(text: string, remedy: string): FairleadError {
  return new FairleadError("SpecInvalid", `${quote(text)} is not a size`, { remedy, retry: "never" });
}
