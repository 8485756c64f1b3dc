import { formatProblem } from "../compose/values/problem.js";
import type { Environment } from "../process/environment.js";
import { typeWords } from "./kinds/type-words.js";
import { noSettings, type Fault, type SettingsFile } from "./kinds/setting.js";
import { readTable, refuseFaults } from "./read.js";
import { findSettings } from "./settings-place.js";
import { adminSettings } from "./table/admin.js";
import type { Secret } from "../tools/secret.js";

/** By which a running controller is found, as the command line gives it. */
export interface AdminFlags {
  readonly config?: string;
  readonly adminTokenFile?: string;
}

/** Where a running controller listens, and what opens it. */
export interface AdminPlace {
  /** `127.0.0.1:8421`. */
  readonly adminListen: string;
  readonly adminToken: Secret | undefined;
}

/**
 * All that a verb is told that asks a running controller. Nothing else is looked at: what is wrong with other settings is the
 * controller's to say, and reading them takes longer than asking. Throws FairleadError ConfigInvalid.
 */
export async function readAdmin(
  flags: AdminFlags,
  environment: Environment,
  usualFiles: readonly string[],
): Promise<AdminPlace> {
  const found = findSettings(flags.config, environment, usualFiles);
  const file = found === undefined ? noSettings : await textsIn(found.path, found.named);
  const faults: Fault[] = [...file.faults];
  const place = readTable(adminSettings, { flags: { ...flags }, environment, file }, faults);
  refuseFaults(faults);
  return place;
}

/** A settings file of which only texts are wanted. */
async function textsIn(path: string, named: string): Promise<SettingsFile> {
  // YAML is loaded where there is some.
  const { keysRemedy, readWritten, valueAt } = await import("./written-file.js");
  const { value, position, place } = readWritten(path, named);
  const keys = Object.values(adminSettings).flatMap((row) => [row.key, ...("plain" in row ? [row.plain.key] : [])]);
  const faults = keys.flatMap((key) => {
    const written = valueAt(value, key);
    if (written === undefined || typeof written === "string") return [];
    const at = position(key);
    const message = typeWords(written, ["a text"]);
    return [{ text: formatProblem({ file: path, path: key, ...at, message }), position: at, remedy: keysRemedy }];
  });
  return { path, faults, get: (key) => valueAt(value, key), place, position };
}
