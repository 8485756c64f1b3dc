import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { z } from "zod";
import { parseYaml } from "./compose/document/yaml.js";
import { profileList } from "./compose/project/profiles.js";
import { parseCron } from "./compose/values/cron.js";
import { parseImage } from "./compose/values/image.js";
import type { ImageReference } from "./compose/values/image.js";
import { asFairleadError, FairleadError } from "./errors.js";
import { defaultGateImage } from "./gate/image.js";
import { logLevels } from "./log.js";
import type { LogLevel } from "./log.js";
import { registrySettings } from "./registry/client/settings.js";
import type { RegistrySettings } from "./registry/client/settings.js";

/** Everything a run is told, from flags, then the environment, then the settings file, then the defaults. */
export interface Config {
  /** Plain names make one project together, a pattern one of each file that matches. */
  readonly files: readonly string[];
  /** Undefined: each project's own, from its `.env`. */
  readonly profiles: readonly string[] | undefined;
  readonly data: string;
  readonly hooksListen: string;
  readonly adminListen: string;
  /** Any of them opens the hooks; none: no hook is open. */
  readonly hookSecrets: readonly string[];
  readonly adminToken: string | undefined;
  /** Names besides loopback's own that the admin address may be called by. */
  readonly adminHosts: readonly string[];
  readonly resync: string;
  readonly logLevel: LogLevel;
  readonly prune: boolean;
  /** Wait for another controller's end, in place of giving up. */
  readonly standby: boolean;
  /** Only one controller acts for each name on an engine. */
  readonly lease: string;
  /** This is a helper, there for the sake of this service: it listens where nobody comes by, and stands by. */
  readonly helps: string | undefined;
  readonly concurrentPulls: number;
  readonly registries: RegistrySettings;
  /** What gates run. */
  readonly gateImage: ImageReference;
  readonly docker: {
    readonly host: string | undefined;
    readonly tlsVerify: boolean;
    readonly certPath: string | undefined;
    /** The folder of config.json. */
    readonly config: string;
  };
}

/** As the command line gives them. */
export interface Flags {
  readonly file?: readonly string[];
  readonly profile?: readonly string[];
  readonly config?: string;
  readonly data?: string;
  readonly hooksListen?: string;
  readonly adminListen?: string;
  readonly hookSecretFile?: string;
  readonly adminTokenFile?: string;
  readonly resync?: string;
  readonly logLevel?: string;
  readonly prune?: boolean;
  readonly standby?: boolean;
  readonly lease?: string;
  readonly gateImage?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Tells a helper for the sake of which service it is there. */
export const helperVariable = "FAIRLEAD_HELPER";

const settingsSchema = z.strictObject({
  file: z.union([z.string(), z.array(z.string())]).optional(),
  profiles: z.union([z.string(), z.array(z.string())]).optional(),
  data: z.string().optional(),
  hooksListen: z.string().optional(),
  adminListen: z.string().optional(),
  adminHosts: z.array(z.string()).optional(),
  hookSecret: z.union([z.string(), z.array(z.string())]).optional(),
  hookSecretFile: z.string().optional(),
  adminToken: z.string().optional(),
  adminTokenFile: z.string().optional(),
  resync: z.string().optional(),
  logLevel: z.string().optional(),
  prune: z.boolean().optional(),
  standby: z.boolean().optional(),
  lease: z.string().optional(),
  concurrentPulls: z.int().min(1).max(32).optional(),
  registries: registrySettings.optional(),
  gate: z.strictObject({ image: z.string() }).optional(),
});
type Settings = z.infer<typeof settingsSchema>;

/** Throws FairleadError ConfigInvalid, naming the flag, variable or key. */
export function readConfig(flags: Flags, environment: Environment): Config {
  const helps = nonEmpty(environment[helperVariable]);
  const config = readOwn(flags, environment);
  return helps === undefined ? config : { ...config, helps, standby: true, hooksListen: nowhere, adminListen: nowhere };
}

/** The addresses are those of what it helps. */
const nowhere = "127.0.0.1:0";

function readOwn(flags: Flags, environment: Environment): Config {
  const settings = flags.config === undefined ? {} : readSettings(flags.config);
  const isRoot = process.getuid?.() === 0;
  const stateHome = environment.XDG_STATE_HOME ?? join(homedir(), ".local", "state");
  const fromFile = typeof settings.file === "string" ? [settings.file] : settings.file;
  return {
    files: flags.file ?? environment.FAIRLEAD_FILE?.split(delimiter) ?? fromFile ?? ["services.yaml"],
    profiles: flags.profile ?? profilesOf(nonEmpty(environment.COMPOSE_PROFILES)) ?? profilesOf(settings.profiles),
    data:
      flags.data ??
      environment.FAIRLEAD_DATA ??
      settings.data ??
      (isRoot ? "/var/lib/fairlead" : join(stateHome, "fairlead")),
    hooksListen: flags.hooksListen ?? environment.FAIRLEAD_HOOKS_LISTEN ?? settings.hooksListen ?? "0.0.0.0:8420",
    adminListen: flags.adminListen ?? environment.FAIRLEAD_ADMIN_LISTEN ?? settings.adminListen ?? "127.0.0.1:8421",
    adminHosts: settings.adminHosts ?? [],
    hookSecrets: hookSecrets(flags, environment, settings),
    adminToken: adminToken(flags, environment, settings),
    resync: resync(flags, environment, settings),
    logLevel: logLevel(flags.logLevel ?? environment.FAIRLEAD_LOG_LEVEL ?? settings.logLevel ?? "info"),
    prune: flags.prune ?? truthy(environment.FAIRLEAD_PRUNE) ?? settings.prune ?? false,
    standby: flags.standby ?? truthy(environment.FAIRLEAD_STANDBY) ?? settings.standby ?? false,
    helps: undefined,
    lease: leaseName(flags.lease ?? nonEmpty(environment.FAIRLEAD_LEASE) ?? settings.lease ?? "default"),
    concurrentPulls: settings.concurrentPulls ?? 3,
    registries: settings.registries ?? {},
    gateImage: gateImage(flags.gateImage ?? nonEmpty(environment.FAIRLEAD_GATE_IMAGE) ?? settings.gate?.image),
    docker: {
      host: nonEmpty(environment.DOCKER_HOST),
      tlsVerify: nonEmpty(environment.DOCKER_TLS_VERIFY) !== undefined,
      certPath: nonEmpty(environment.DOCKER_CERT_PATH),
      config: nonEmpty(environment.DOCKER_CONFIG) ?? join(homedir(), ".docker"),
    },
  };
}

function readSettings(file: string): Settings {
  const document = parseYaml(readText(file, "--config"));
  if (!document.ok) {
    const { line, column } = document.position;
    throw new FairleadError("ConfigInvalid", `${file}:${line}:${column}: ${document.message}`);
  }
  const result = settingsSchema.safeParse(document.value ?? {});
  if (result.success) return result.data;
  const messages = result.error.issues.map(({ path, message }) =>
    [file, ...(path.length === 0 ? [] : [path.join(".")]), message].join(": "),
  );
  throw new FairleadError("ConfigInvalid", messages, { remedy: "docs/configuration.md lists every key" });
}

/** Several secrets, one a line, are all good: the old and the new one while a sender is being changed. */
function hookSecrets(flags: Flags, environment: Environment, settings: Settings): readonly string[] {
  const file = flags.hookSecretFile ?? environment.FAIRLEAD_HOOK_SECRET_FILE;
  if (file !== undefined) return lines(readText(file, "the hook secret's file"));
  if (environment.FAIRLEAD_HOOK_SECRET !== undefined) return lines(environment.FAIRLEAD_HOOK_SECRET);
  if (settings.hookSecretFile !== undefined) return lines(readText(settings.hookSecretFile, "hookSecretFile"));
  return [settings.hookSecret ?? []].flat().flatMap(lines);
}

function adminToken(flags: Flags, environment: Environment, settings: Settings): string | undefined {
  const file = flags.adminTokenFile ?? environment.FAIRLEAD_ADMIN_TOKEN_FILE;
  if (file !== undefined) return lines(readText(file, "the admin token's file"))[0];
  if (environment.FAIRLEAD_ADMIN_TOKEN !== undefined) return nonEmpty(environment.FAIRLEAD_ADMIN_TOKEN.trim());
  if (settings.adminTokenFile !== undefined) return lines(readText(settings.adminTokenFile, "adminTokenFile"))[0];
  return settings.adminToken;
}

function profilesOf(written: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof written === "string" ? profileList(written) : written;
}

/** Refused where it is written: a controller that starts looks again as it was told to. */
function resync(flags: Flags, environment: Environment, settings: Settings): string {
  const written = [
    ["--resync", flags.resync],
    ["FAIRLEAD_RESYNC", environment.FAIRLEAD_RESYNC],
    [`${flags.config ?? ""}: resync`, settings.resync],
  ] as const;
  const [place, text] = written.find(([, one]) => one !== undefined) ?? ["", "*/5 * * * *"];
  try {
    parseCron(text ?? "");
  } catch (thrown) {
    const { message, remedy } = asFairleadError(thrown);
    const help = remedy === undefined ? {} : { remedy };
    throw new FairleadError("ConfigInvalid", `${place}: ${message}`, { cause: thrown, ...help });
  }
  return text ?? "";
}

function gateImage(text: string | undefined): ImageReference {
  if (text === undefined) return defaultGateImage;
  try {
    return parseImage(text);
  } catch (thrown) {
    const { message, remedy } = asFairleadError(thrown);
    const help = remedy === undefined ? {} : { remedy };
    throw new FairleadError("ConfigInvalid", `the image of gates: ${message}`, { cause: thrown, ...help });
  }
}

/** A part of a volume's name, without the dots that divide it. */
function leaseName(text: string): string {
  if (/^[a-zA-Z0-9][\w-]{0,63}$/.test(text)) return text;
  throw new FairleadError("ConfigInvalid", `${JSON.stringify(text)} cannot be the name of a lease`, {
    remedy: "write up to 64 letters, digits, _ and -, the first of them a letter or digit",
  });
}

function logLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level !== undefined) return level;
  throw new FairleadError("ConfigInvalid", `"${text}" is not a log level`, {
    remedy: `write one of ${logLevels.join(", ")}`,
  });
}

function readText(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : "unknown";
    throw new FairleadError("ConfigInvalid", `${what}: ${message}`, { cause });
  }
}

function lines(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function truthy(text: string | undefined): boolean | undefined {
  if (text === undefined || text === "") return undefined;
  return ["1", "true", "yes"].includes(text.toLowerCase());
}
