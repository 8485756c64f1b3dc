import { readDotenv } from "../document/variables/dotenv.js";
import type { Variables } from "../document/variables/interpolate.js";
import { remedyFor, whyMissing } from "../document/library.js";
import { reportMissing, type Node, type Reading } from "../document/node.js";
import { takeDotenv } from "./env-files.js";

export interface VariablesFile {
  /** Absolute. */
  readonly path: string;
  /** What names it. Absent: it is looked for, and may be missing. */
  readonly at?: Node;
}

/**
 * The variables of files such as `.env`, below those that are known already; of several files the last counts.
 */
export function variablesBelow(
  reading: Reading,
  files: readonly VariablesFile[],
  known: Variables,
): { readonly lookUp: Variables; readonly given: ReadonlyMap<string, string> } {
  const given = new Map<string, string>();
  const lookUp: Variables = (name) => known(name) ?? given.get(name);
  for (const { path, at } of files) {
    const found = reading.library.read(path);
    const file = reading.library.nameOf(path);
    if ("text" in found) {
      const entries = takeDotenv(reading, file, found, () => readDotenv(found.text, known, lookUp));
      for (const [name, value] of entries) given.set(name, value);
    } else if (at !== undefined) {
      reportMissing(at, path, found.missing, "relative paths begin in the directory of the file that names them");
    } else if (found.missing !== "ENOENT") {
      const hint = remedyFor(found.missing, "create it");
      reading.problems.push({
        file,
        path: "",
        message: whyMissing(found.missing, file),
        ...(hint === undefined ? {} : { hint }),
      });
    }
  }
  return { lookUp, given };
}
