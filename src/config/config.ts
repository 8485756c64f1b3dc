import { existsSync } from "node:fs";
import type { Environment } from "../process/environment.js";
import type { Kind } from "./kinds.js";
import { readTable } from "./read.js";
import type { AttributeOf, ValuesOf } from "./setting.js";
import { noSettings, readSettingsFile, schemaOf } from "./settings-file.js";
import type { SettingsFile } from "./setting.js";
import { dockerSettings, settings, settingsFilePlace } from "./settings.js";

/**
 * What a process is told: a table of settings (`settings.ts`), and how flags, the environment and the settings file are
 * read by it. Rooms get their part of it as values: but for the root and the command line nobody imports this one.
 */

type Settings = ValuesOf<typeof settings>;

/** Everything a run is told, from flags, then the environment, then the settings file, then the defaults. */
export interface Config extends Settings {
  /** This is a helper, there for the sake of this service: it listens where nobody comes by, and stands by. */
  readonly helps: string | undefined;
  readonly docker: ValuesOf<typeof dockerSettings>;
}

export type LogLevel = Config["logLevel"];

type Rows = (typeof settings)[keyof typeof settings];
type FlagValue<Row> = Row extends { readonly kind: Kind<infer Written, unknown> } ? Written : never;

/** As the command line gives them. */
export type Flags = {
  readonly [Row in Rows as Row extends { readonly flag: infer Flag } ? AttributeOf<Flag> : never]?: FlagValue<Row>;
} & { readonly config?: string };

/** Tells a helper for the sake of which service it is there. */
const helperVariable = "FAIRLEAD_HELPER";

/** The addresses of a helper are those of what it helps. */
const nowhere = "127.0.0.1:0";

/** Settings whose files only those who need them may have to be able to read. */
export type Guarded = "hookSecrets" | "adminToken";

export interface ReadOptions {
  /** What the verb has no use for: it is not read, and what it is by default. */
  readonly unread?: readonly Guarded[];
  /** Where a settings file is looked for that nobody names. */
  readonly usualFiles?: readonly string[];
}

/** Throws FairleadError ConfigInvalid, naming the flag, the variable, or the place in the settings file. */
export function readConfig(
  flags: Flags,
  environment: Environment,
  { unread = [], usualFiles = [] }: ReadOptions = {},
): Config {
  const file = findSettings(flags, environment, usualFiles);
  const sources = { flags, environment, file };
  const nothing = { flags: {}, environment: {}, file: noSettings };
  const helps = environment[helperVariable] === "" ? undefined : environment[helperVariable];
  const read = {
    ...readTable(settings, sources, (name) => (unread.some((one) => one === name) ? nothing : sources)),
    docker: readTable(dockerSettings, sources),
    helps,
  };
  return helps === undefined ? read : { ...read, standby: true, hooksListen: nowhere, adminListen: nowhere };
}

/** The one that is named has to be there; of the usual ones the first that is there counts. */
function findSettings(flags: Flags, environment: Environment, usualFiles: readonly string[]): SettingsFile {
  const schema = schemaOf(settings);
  if (flags.config !== undefined) return readSettingsFile(flags.config, schema, "--config");
  const { variable } = settingsFilePlace;
  const named = environment[variable];
  if (named !== undefined && named !== "") return readSettingsFile(named, schema, variable);
  const found = usualFiles.find((path) => existsSync(path));
  return found === undefined ? noSettings : readSettingsFile(found, schema, "the settings file");
}
