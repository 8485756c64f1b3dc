import { FairleadError } from "../errors.js";
import { normalUrl } from "../git/program/address.js";
import { repositoriesOf, type RepositorySettings } from "../git/settings/settings.js";
import { hookNames } from "../http/delivery/outcome.js";
import type { NamedReceiver } from "../http/receivers/receiver.js";
import { receiversOf } from "../http/receivers/settings.js";
import { tlsOf, type TlsSettings, type Written } from "../http/tls/settings.js";
import { handlerSettingsOf, type HandlerSettings } from "../notify/handlers/settings.js";
import type { WrittenSubscriptions } from "../notify/subscriptions/settings.js";
import { triggerSettingsOf, type TriggerSettings } from "../notify/triggers/settings.js";
import type { Policy } from "../policy/model/permissions.js";
import { policyOf } from "../policy/settings.js";
import { helperEnvironment } from "../process/child-environment.js";
import type { Environment } from "../process/environment.js";
import type { SecretCommand } from "../secrets/commands.js";
import type { SignatureDemand } from "../signatures/demand.js";
import { demandsOf } from "../signatures/settings.js";
import { secretCommandsOf } from "../secrets/settings.js";
import { given } from "../tools/present.js";
import { tracingOf, type TracingSettings } from "../tracing/settings.js";
import { readText, secretFile, type Kind } from "./kinds/kinds.js";
import { placesIn, readTable, refuseFaults, writtenAt } from "./read.js";
import {
  noSettings,
  type AttributeOf,
  type Fault,
  type Setting,
  type SettingsFile,
  type Sources,
  type ValuesOf,
} from "./kinds/setting.js";
import { misspeltVariables, trustsEverybody, type Notice } from "./notices.js";
import { readSettingsFile, schemaOf } from "./settings-file.js";
import { findSettings } from "./settings-place.js";
import { settings } from "./settings.js";
import { dockerSettings } from "./table/docker.js";
import { tracingSettings } from "./table/tracing.js";

/**
 * What a process is told: a table of settings (`settings.ts`), and how flags, the environment and the settings file are
 * read by it. Rooms get their part of it as values: but for the root and the command line nobody imports this one.
 */

type Settings = ValuesOf<typeof settings>;

/** Everything a run is told, from flags, then the environment, then the settings file, then the defaults. */
export interface Config extends Omit<
  Settings,
  "policy" | "receivers" | "secretCommands" | "trigger" | "handlers" | "tls" | "tlsCert" | "tlsKey" | "notify"
> {
  readonly notify: NotifySettings;
  /** Absent: webhooks arrive over plain HTTP. */
  readonly tls: TlsSettings | undefined;
  readonly receivers: readonly NamedReceiver[];
  readonly secretCommands: ReadonlyMap<string, SecretCommand>;
  readonly trigger: readonly TriggerSettings[];
  readonly handlers: readonly HandlerSettings[];
  /** Absent: a services file may ask for anything. */
  readonly policy: Policy | undefined;
  /** What `signatures` asks for. Reads the keys: whoever only looks at files need not have them. Throws FairleadError ConfigInvalid. */
  readonly signatureDemands: () => readonly SignatureDemand[];
  /** Where the settings stand, if they stand in a file. */
  readonly settingsFile: string | undefined;
  /** What has named each value, for messages. */
  readonly places: { readonly [Name in keyof Settings]: string };
  /** The services files are meant for another host: the links of this one do not count. */
  readonly elsewhere?: boolean;
  /** This is a helper, there for the sake of this service: it listens where nobody comes by, and stands by. */
  readonly helps: string | undefined;
  readonly docker: ValuesOf<typeof dockerSettings>;
  /** Absent: nothing is traced. */
  readonly tracing: TracingSettings | undefined;
  readonly repositories: readonly RepositorySettings[];
  /** What is in force, and may not be meant. */
  readonly notices: readonly Notice[];
}

/** Who is told, as it is written: the secrets' files are read where somebody is told. */
export interface NotifySettings {
  readonly written: WrittenSubscriptions;
  /** Where a key below `notify` stands. */
  readonly place: (key: string) => string;
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
  const found = findSettings(flags.config, environment, usualFiles);
  const file = found === undefined ? noSettings : readSettingsFile(found.path, schemaOf(settings), found.named);
  const sources = { flags, environment, file };
  const nothing = { flags: {}, environment: {}, file: noSettings };
  const helps = environment[helperVariable] === "" ? undefined : environment[helperVariable];
  const faults: Fault[] = [...file.faults];
  // Who has no use for the hooks' secrets does not listen either.
  const left = unread.includes("hookSecrets") ? [...unread, "adminReadToken"] : unread;
  const read = readTable(settings, sources, faults, (name) => (left.some((one) => one === name) ? nothing : sources));
  const docker = readTable(dockerSettings, sources, faults);
  const telemetry = readTable(tracingSettings, sources, faults);
  refuseFaults(faults);
  const places = placesIn(settings, sources);
  const tracing = tracingOf(telemetry, placesIn(tracingSettings, sources));
  const repositories = followed(read, places, file);
  // Nobody has named the usual file: the repository's take its place.
  const files = repositories.length > 0 && read.files === settings.files.default ? [] : read.files;
  const inPolicy = (key: string) => file.place(`policy.${key}`);
  const policy = read.policy === undefined ? undefined : policyOf(read.policy, inPolicy, normalUrl);
  const { signatures } = read;
  const inSignatures = (key: string) => file.place(`signatures.${key}`);
  const signatureDemands = () => demandsOf(signatures, inSignatures, readText);
  const inCommands = (key: string) => file.place(`secretCommands.${key}`);
  const programs = secretCommandsOf(read.secretCommands, inCommands, environment, helperEnvironment(environment));
  const areHooksRead = !unread.includes("hookSecrets");
  const checked = receiversOf(read.receivers, {
    place: (key) => file.place(`receivers.${key}`),
    secretsIn: (path) => (areHooksRead ? secretFile.read(path) : []),
  });
  // Without its secrets a receiver is none: all that was wanted of it is what is wrong with it.
  const receivers = areHooksRead ? checked : [];
  const hooks = hookNames(Object.keys(read.receivers));
  const trigger = triggerSettingsOf(read.trigger, (key) => file.place(`trigger.${key}`), hooks);
  const handlers = handlerSettingsOf(read.handlers, (key) => file.place(`handlers.${key}`), hooks);
  const { tls: way, tlsCert, tlsKey, notify: subscriptions, ...told } = read;
  const notify = { written: subscriptions, place: (key: string) => file.place(`notify.${key}`) };
  const tls = tlsOf({
    tls: written(settings.tls, way, sources),
    cert: written(settings.tlsCert, tlsCert, sources),
    key: written(settings.tlsKey, tlsKey, sources),
    placeIn: (part) => file.place(`tls.${part}`),
  });
  const notices = [
    ...misspeltVariables(environment, [settings, dockerSettings]),
    ...trustsEverybody(read.trustedProxies, places.trustedProxies),
  ];
  const made = {
    ...{ tls, receivers, repositories, docker, tracing, helps, policy, signatureDemands, notices, notify },
    ...{ secretCommands: programs, trigger, handlers, settingsFile: file.path },
  };
  const own = { ...told, files, ...made, places };
  return helps === undefined
    ? own
    : { ...own, standby: true, hooksListen: nowhere, adminListen: nowhere, tls: undefined };
}

function written<Value>(setting: Setting, value: Value | undefined, sources: Sources): Written<Value> | undefined {
  const at = writtenAt(setting, sources);
  return value === undefined || at === undefined ? undefined : { value, ...at };
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
