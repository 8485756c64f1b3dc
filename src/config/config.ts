import { existsSync, lstatSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { FairleadError } from "../errors.js";
import { normalUrl } from "../git/program/address.js";
import { repositoriesOf, type RepositorySettings } from "../git/settings/settings.js";
import type { NamedReceiver } from "../http/receivers/receiver.js";
import { receiversOf } from "../http/receivers/settings.js";
import { tlsOf, type TlsSettings, type Written } from "../http/tls/settings.js";
import type { Policy } from "../policy/model/permissions.js";
import { policyOf } from "../policy/settings.js";
import { helperEnvironment } from "../process/child-environment.js";
import type { Environment } from "../process/environment.js";
import type { SecretCommand } from "../secrets/commands.js";
import { secretCommandsOf } from "../secrets/settings.js";
import { given } from "../tools/present.js";
import { shellWord } from "../tools/shell.js";
import { secretFile, type Kind } from "./kinds.js";
import { placesIn, readTable, refuseFaults, writtenAt } from "./read.js";
import type { AttributeOf, Fault, Setting, SettingsFile, Sources, ValuesOf } from "./setting.js";
import { noSettings, readSettingsFile, schemaOf } from "./settings-file.js";
import { dockerSettings, settings, settingsFilePlace } from "./settings.js";

/**
 * What a process is told: a table of settings (`settings.ts`), and how flags, the environment and the settings file are
 * read by it. Rooms get their part of it as values: but for the root and the command line nobody imports this one.
 */

type Settings = ValuesOf<typeof settings>;

/** Everything a run is told, from flags, then the environment, then the settings file, then the defaults. */
export interface Config extends Omit<
  Settings,
  "policy" | "receivers" | "secretCommands" | "tls" | "tlsCert" | "tlsKey"
> {
  /** Absent: webhooks arrive over plain HTTP. */
  readonly tls: TlsSettings | undefined;
  readonly receivers: readonly NamedReceiver[];
  readonly secretCommands: ReadonlyMap<string, SecretCommand>;
  /** Absent: a services file may ask for anything. */
  readonly policy: Policy | undefined;
  /** Where the settings stand, if they stand in a file. */
  readonly settingsFile: string | undefined;
  /** What has named each value, for messages. */
  readonly places: { readonly [Name in keyof Settings]: string };
  /** The services files are meant for another host: the links of this one do not count. */
  readonly elsewhere?: boolean;
  /** This is a helper, there for the sake of this service: it listens where nobody comes by, and stands by. */
  readonly helps: string | undefined;
  readonly docker: ValuesOf<typeof dockerSettings>;
  readonly repositories: readonly RepositorySettings[];
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

/** Throws FairleadError ConfigInvalid with all that is wrong: the flag, the variable, or the place in the settings file. */
export function readConfig(
  flags: Flags,
  environment: Environment,
  { unread = [], usualFiles = [] }: ReadOptions = {},
): Config {
  const file = findSettings(flags, environment, usualFiles);
  const sources = { flags, environment, file };
  const nothing = { flags: {}, environment: {}, file: noSettings };
  const helps = environment[helperVariable] === "" ? undefined : environment[helperVariable];
  const faults: Fault[] = [...file.faults];
  const read = readTable(settings, sources, faults, (name) => (unread.some((one) => one === name) ? nothing : sources));
  const docker = readTable(dockerSettings, sources, faults);
  refuseFaults(faults);
  const places = placesIn(settings, sources);
  const repositories = followed(read, places, file);
  // Nobody has named the usual file: the repository's take its place.
  const files = repositories.length > 0 && read.files === settings.files.default ? [] : read.files;
  const inPolicy = (key: string) => file.place(`policy.${key}`);
  const policy = read.policy === undefined ? undefined : policyOf(read.policy, inPolicy, normalUrl);
  const inCommands = (key: string) => file.place(`secretCommands.${key}`);
  const programs = secretCommandsOf(read.secretCommands, inCommands, environment, helperEnvironment(environment));
  const areHooksRead = !unread.includes("hookSecrets");
  const checked = receiversOf(read.receivers, {
    place: (key) => file.place(`receivers.${key}`),
    secretsIn: (path) => (areHooksRead ? secretFile.read(path) : []),
  });
  // Without its secrets a receiver is none: all that was wanted of it is what is wrong with it.
  const receivers = areHooksRead ? checked : [];
  const { tls: way, tlsCert, tlsKey, ...told } = read;
  const tls = tlsOf({
    tls: written(settings.tls, way, sources),
    cert: written(settings.tlsCert, tlsCert, sources),
    key: written(settings.tlsKey, tlsKey, sources),
    placeIn: (part) => file.place(`tls.${part}`),
  });
  const found = {
    ...{ tls, receivers, repositories, docker, helps, policy },
    ...{ secretCommands: programs, settingsFile: file.path },
  };
  const own = { ...told, files, ...found, places };
  return helps === undefined
    ? own
    : { ...own, standby: true, hooksListen: nowhere, adminListen: nowhere, tls: undefined };
}

function written<Value>(setting: Setting, value: Value | undefined, sources: Sources): Written<Value> | undefined {
  const at = writtenAt(setting, sources);
  return value === undefined || at === undefined ? undefined : { value, ...at };
}

/** The one that is named has to be there; of the usual ones the first that is there counts. */
function findSettings(flags: Flags, environment: Environment, usualFiles: readonly string[]): SettingsFile {
  const schema = schemaOf(settings);
  if (flags.config !== undefined) return readSettingsFile(flags.config, schema, "--config");
  const { variable } = settingsFilePlace;
  const named = environment[variable];
  if (named !== undefined && named !== "") return readSettingsFile(named, schema, variable);
  const found = usualFiles.find((path) => existsSync(path));
  if (found === undefined) return noSettings;
  if (!isAbsolute(found)) refuseOfOthers(found);
  return readSettingsFile(found, schema, "the settings file");
}

/** Nobody has named it, it lies where the command is called, and it names programs: so it has to be one's own. */
function refuseOfOthers(file: string): void {
  const [user, group] = [process.getuid?.(), process.getgid?.()];
  if (user === undefined) return;
  const { uid, gid, mode } = statSync(file);
  const owners = [uid, lstatSync(file).uid];
  const remedy = `see what is in it; then name it with --config ${shellWord(file)}, or make it yours alone (chown, chmod go-w)`;
  if (owners.some((owner) => owner !== user && owner !== 0)) {
    throw new FairleadError("ConfigInvalid", `${file}: it is here, and belongs to another user`, { remedy });
  }
  if ((mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== group && gid !== 0)) {
    throw new FairleadError("ConfigInvalid", `${file}: it is here, and others may write to it`, { remedy });
  }
}

/** Flags and variables name one repository: that of the settings file, or one of their own. */
function followed(
  { git, gitUrl, gitRef, gitPaths }: Settings,
  places: Config["places"],
  file: SettingsFile,
): readonly RepositorySettings[] {
  const spoken = given({ url: gitUrl, ref: gitRef, path: gitPaths });
  const inFile = (key: string) => file.place(`git.${key}`);
  const named: Readonly<Record<string, string>> = { url: places.gitUrl, ref: places.gitRef, path: places.gitPaths };
  if (Object.keys(spoken).length === 0) return repositoriesOf(git, inFile);
  if (Array.isArray(git) && git.length > 1) {
    const [place = ""] = Object.keys(spoken).map((key) => named[key]);
    const remedy = "write it there, or leave one repository in the settings file";
    throw new FairleadError("ConfigInvalid", `${place}: it names one repository, and \`git\` holds several`, {
      remedy,
    });
  }
  // What nobody has written is missing for the sake of the URL.
  const isInFile = file.get("git") !== undefined;
  return repositoriesOf({ ...[git].flat()[0], ...spoken }, (key) => {
    const place = key === "url" || Object.hasOwn(spoken, key) ? named[key] : undefined;
    return place ?? (isInFile ? inFile(key) : places.gitUrl);
  });
}
