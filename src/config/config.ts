import type { Environment } from "../process/environment.js";
import type { Kind } from "./kinds.js";
import { readTable, refuseFaults } from "./read.js";
import type { AttributeOf, Fault, ValuesOf } from "./setting.js";
import { noSettings, readSettingsFile, schemaOf } from "./settings-file.js";
import { dockerSettings, settings } from "./settings.js";

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

/** Throws FairleadError ConfigInvalid with all that is wrong: the flag, the variable, or the place in the settings file. */
export function readConfig(flags: Flags, environment: Environment): Config {
  const file = flags.config === undefined ? noSettings : readSettingsFile(flags.config, schemaOf(settings));
  const sources = { flags, environment, file };
  const helps = environment[helperVariable] === "" ? undefined : environment[helperVariable];
  const faults: Fault[] = [...file.faults];
  const own = {
    ...readTable(settings, sources, faults),
    docker: readTable(dockerSettings, sources, faults),
    helps,
  };
  refuseFaults(faults);
  return helps === undefined ? own : { ...own, standby: true, hooksListen: nowhere, adminListen: nowhere };
}
