import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { FairleadError } from "../errors.js";
import type { Environment } from "../process/environment.js";
import { whyOfOthersSync } from "../tools/files/others.js";
import { shellWord } from "../tools/shell.js";

/** What names the settings file, and where one is looked for that nobody names. */
export const settingsFilePlace = {
  flag: "--config <path>",
  variable: "FAIRLEAD_CONFIG",
  usual: ["fairlead.yaml", "/etc/fairlead/fairlead.yaml"],
  what: "settings file",
} as const;

/** The file, and what has named it: that one has to be there; of the usual ones the first that is there counts. */
export function findSettings(
  flag: string | undefined,
  environment: Environment,
  usualFiles: readonly string[],
): { readonly path: string; readonly named: string } | undefined {
  if (flag !== undefined) return { path: flag, named: "--config" };
  const { variable } = settingsFilePlace;
  const path = environment[variable];
  if (path !== undefined && path !== "") return { path, named: variable };
  const found = usualFiles.find((usual) => existsSync(usual));
  if (found === undefined) return undefined;
  if (!isAbsolute(found)) refuseOfOthers(found);
  return { path: found, named: "the settings file" };
}

/** Nobody has named it, it lies where the command is called, and it names programs: so it has to be one's own. */
function refuseOfOthers(file: string): void {
  const why = whyOfOthersSync(file);
  if (why === undefined) return;
  throw new FairleadError("ConfigInvalid", `${file}: it is here, and ${why}`, {
    remedy: `see what is in it; then name it with --config ${shellWord(file)}, or make it yours alone (chown, chmod go-w)`,
  });
}
