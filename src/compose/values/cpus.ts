import { FairleadError } from "../../errors.js";
import { quote } from "../../tools/quote.js";

const most = 100_000;

/** A number of processors (`0.5`, `2`, `.25`) in billionths. Throws FairleadError `SpecInvalid`. */
export function parseCpus(text: string): number {
  const cpus = /^(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (cpus === 0 || (cpus >= 0.001 && cpus <= most)) return Math.round(cpus * 1e9);
  throw new FairleadError("SpecInvalid", `${quote(text)} is not a number of processors`, {
    remedy: "write for example `0.5` or `2`",
    retry: "never",
  });
}
