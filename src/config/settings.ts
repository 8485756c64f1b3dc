import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { z } from "zod";
import { profileList } from "../compose/project/profiles.js";
import { parseImage } from "../compose/values/image.js";
import { defaultGateImage, defaultGateImageName } from "../gate/image.js";
import { gitSchema } from "../git/settings/settings.js";
import { receiversSchema } from "../http/receivers/settings.js";
import { policySchema } from "../policy/settings.js";
import type { Environment } from "../process/environment.js";
import { secretCommandsSchema } from "../secrets/settings.js";
import { registrySettings } from "../registry/client/settings.js";
import {
  address,
  choice,
  data,
  first,
  folder,
  list,
  secretFile,
  secretText,
  secretTexts,
  text,
  textOf,
  toggle,
} from "./kinds.js";
import { blocks, cron, hostName, httpUrl, leaseName, tls, toggleOfDocker } from "./own-kinds.js";
import { setting } from "./setting.js";

/**
 * Every setting, in the order of the documentation. Nothing else says where it is written, what it is by default and
 * what it does: the flags, the schema of the settings file, `Config` and `docs/configuration.md` are made of this table.
 */
export const settings = {
  files: setting(list(delimiter), {
    flag: "-f, --file <path>",
    variable: "FAIRLEAD_FILE",
    key: "file",
    default: ["services.yaml"],
    what: "services file; further ones are merged over it; a pattern ('stacks/*/compose.yaml') makes each match a project of its own",
    more: "See [projects](projects.md).",
  }),
  git: setting(data(gitSchema), {
    key: "git",
    default: [],
    defaultText: "none",
    what: "the git repositories that the services files are read from",
    more: "See [git](git.md) and [the fields](#git).",
  }),
  gitUrl: setting(text, {
    flag: "--git <url>",
    variable: "FAIRLEAD_GIT",
    emptyIsUnset: true,
    defaultText: "as in `git`",
    what: "git repository that the services files are read from",
    more: "Over the key `git`, of one repository.",
  }),
  gitRef: setting(text, {
    flag: "--git-ref <ref>",
    variable: "FAIRLEAD_GIT_REF",
    emptyIsUnset: true,
    defaultText: "as in `git`, else the repository's own branch",
    what: "its branch, tag or full reference",
  }),
  gitPaths: setting(list(delimiter), {
    flag: "--git-path <path>",
    variable: "FAIRLEAD_GIT_PATH",
    emptyIsUnset: true,
    defaultText: "as in `git`, else `compose.yaml`",
    what: "services file in it, as --file takes them",
  }),
  policy: setting(data(policySchema), {
    key: "policy",
    defaultText: "none: a services file may ask for anything",
    what: "what services files may ask of this host",
    more: "See [the policy](policy.md) and [the fields](#policy).",
  }),
  profiles: setting(list(",", profileList), {
    flag: "--profile <name>",
    variable: "COMPOSE_PROFILES",
    key: "profiles",
    emptyIsUnset: true,
    defaultText: "each project's own, from its `.env`",
    what: "take in the services of this profile",
  }),
  ageKeyFile: setting(text, {
    variable: "SOPS_AGE_KEY_FILE",
    key: "ageKeyFile",
    emptyIsUnset: true,
    what: "file with the age keys that open encrypted env files, configs and secrets",
    more: "See [secrets](secrets.md).",
  }),
  ageKeys: setting(secretTexts, {
    variable: "SOPS_AGE_KEY",
    key: "ageKey",
    emptyIsUnset: true,
    default: [],
    defaultText: "none",
    what: "the same keys themselves, one a line",
  }),
  secretCommands: setting(data(secretCommandsSchema), {
    key: "secretCommands",
    default: {},
    defaultText: "none",
    what: "programs that tell secrets, by the names that services files have for them",
    more: "See [secrets](secrets.md#secret-commands) and [the fields](#secretCommands).",
  }),
  gateImage: setting(textOf(parseImage), {
    flag: "--gate-image <image>",
    variable: "FAIRLEAD_GATE_IMAGE",
    key: "gate.image",
    emptyIsUnset: true,
    default: defaultGateImage,
    defaultText: `\`${defaultGateImageName}\``,
    what: "what gates run",
    more: "See [gates](gate.md).",
  }),
  data: setting(folder, {
    flag: "--data <directory>",
    variable: "FAIRLEAD_DATA",
    key: "data",
    default: dataDirectory,
    defaultText: "`/var/lib/fairlead` as root, else `~/.local/state/fairlead`",
    what: "where the journal is kept",
  }),
  hooksListen: setting(address, {
    flag: "--hooks-listen <address>",
    variable: "FAIRLEAD_HOOKS_LISTEN",
    key: "hooksListen",
    default: "0.0.0.0:8420",
    what: "where webhooks arrive",
  }),
  externalUrl: setting(textOf(httpUrl), {
    variable: "FAIRLEAD_EXTERNAL_URL",
    key: "externalUrl",
    emptyIsUnset: true,
    defaultText: "none",
    what: "under which the internet reaches the hooks, such as `https://hooks.example.org`",
    more: "`fairlead hook url` shows senders' addresses by it.",
  }),
  tls: setting(tls, {
    flag: "--tls <way>",
    variable: "FAIRLEAD_TLS",
    key: "tls",
    defaultText: "none: plain HTTP",
    what: "webhooks arrive over TLS, with a certificate made here (self-signed) or one of your own",
    more: "`self-signed`, and in the settings file `{cert, key}` too. See [TLS](tls.md) and [the fields](#tls).",
  }),
  tlsCert: setting(text, {
    flag: "--tls-cert <path>",
    variable: "FAIRLEAD_TLS_CERT",
    defaultText: "as in `tls`",
    what: "PEM file with the certificate and those above it; taken anew when it changes",
    more: "Over the key `tls`.",
  }),
  tlsKey: setting(text, {
    flag: "--tls-key <path>",
    variable: "FAIRLEAD_TLS_KEY",
    defaultText: "as in `tls`",
    what: "PEM file with its private key",
  }),
  adminListen: setting(address, {
    flag: "--admin-listen <address>",
    variable: "FAIRLEAD_ADMIN_LISTEN",
    key: "adminListen",
    default: "127.0.0.1:8421",
    what: "API, metrics and page",
  }),
  adminHosts: setting(data<readonly string[]>(z.array(hostName)), {
    key: "adminHosts",
    default: [],
    defaultText: "none",
    what: "names besides loopback's own that the admin address may be called by",
  }),
  hookSecrets: setting(secretFile, {
    flag: "--hook-secret-file <path>",
    variable: "FAIRLEAD_HOOK_SECRET_FILE",
    key: "hookSecretFile",
    plain: { variable: "FAIRLEAD_HOOK_SECRET", key: "hookSecret", kind: secretTexts },
    default: [],
    defaultText: "none: no hook is open",
    what: "file with the secrets that open the hooks, one a line",
  }),
  receivers: setting(data(receiversSchema), {
    key: "receivers",
    default: {},
    defaultText: "none",
    what: "receivers with a secret and rules of their own, at `/hooks/r/<name>`",
    more: "See [webhooks](webhooks.md#named-receivers) and [the fields](#receivers).",
  }),
  trustedProxies: setting(blocks, {
    variable: "FAIRLEAD_TRUSTED_PROXIES",
    key: "trustedProxies",
    emptyIsUnset: true,
    default: [],
    defaultText: "none: the address of a connection counts",
    what: "addresses of reverse proxies whose `X-Forwarded-For` counts",
    more: "One address or block (`10.0.0.0/8`), or several with commas.",
  }),
  adminToken: setting(first(secretFile), {
    flag: "--admin-token-file <path>",
    variable: "FAIRLEAD_ADMIN_TOKEN_FILE",
    key: "adminTokenFile",
    plain: { variable: "FAIRLEAD_ADMIN_TOKEN", key: "adminToken", kind: first(secretText) },
    defaultText: "none: loopback only",
    what: "file with the token of the admin address",
  }),
  resync: setting(textOf(cron), {
    flag: "--resync <cron>",
    variable: "FAIRLEAD_RESYNC",
    key: "resync",
    default: "*/5 * * * *",
    what: "when everything is looked at again",
    more: "Up to 20 s of jitter are added ([how](#resync)).",
  }),
  logLevel: setting(choice("a log level", ["debug", "info", "warn", "error"]), {
    flag: "--log-level <level>",
    variable: "FAIRLEAD_LOG_LEVEL",
    key: "logLevel",
    default: "info",
    what: "debug, info, warn or error",
  }),
  prune: setting(toggle, {
    flag: "--prune",
    variable: "FAIRLEAD_PRUNE",
    key: "prune",
    emptyIsUnset: true,
    default: false,
    defaultText: "off: what left the file is reported as `Orphaned`",
    what: "remove services that have left the file",
  }),
  standby: setting(toggle, {
    flag: "--standby",
    variable: "FAIRLEAD_STANDBY",
    key: "standby",
    emptyIsUnset: true,
    default: false,
    defaultText: "off: ends with 1 where another controller is in charge",
    what: "where another controller is in charge, wait for its end and take over",
  }),
  lease: setting(textOf(leaseName), {
    flag: "--lease <name>",
    variable: "FAIRLEAD_LEASE",
    key: "lease",
    emptyIsUnset: true,
    default: "default",
    what: "which of several controllers on one engine this is",
    more: "See [two controllers](#two-controllers).",
  }),
  concurrentPulls: setting(data(z.int().min(1).max(32)), {
    key: "concurrentPulls",
    default: 3,
    what: "how many images are pulled at once, 1 to 32",
  }),
  registries: setting(data(registrySettings), {
    key: "registries",
    default: {},
    defaultText: "none",
    what: "how single registries are reached, by their hosts",
    more: "See [registries](registries.md) and [the fields](#registries).",
  }),
};

/** Docker's own variables, which mean here what they mean to Docker. */
export const dockerSettings = {
  host: setting(text, {
    variable: "DOCKER_HOST",
    emptyIsUnset: true,
    defaultText: "`unix:///var/run/docker.sock`",
    what: "the engine",
  }),
  tlsVerify: setting(toggleOfDocker(), {
    variable: "DOCKER_TLS_VERIFY",
    emptyIsUnset: true,
    default: false,
    defaultText: "off",
    what: "any text but an empty one: speak TLS to the engine, and check who it is",
  }),
  certPath: setting(text, {
    variable: "DOCKER_CERT_PATH",
    emptyIsUnset: true,
    what: "the folder with `ca.pem`, `cert.pem` and `key.pem` for that",
  }),
  config: setting(text, {
    variable: "DOCKER_CONFIG",
    emptyIsUnset: true,
    default: () => join(homedir(), ".docker"),
    defaultText: "`~/.docker`",
    what: "the folder of `config.json`, which has the logins of registries",
  }),
};

/** What names the settings file, and where one is looked for that nobody names. */
export const settingsFilePlace = {
  flag: "--config <path>",
  variable: "FAIRLEAD_CONFIG",
  usual: ["fairlead.yaml", "/etc/fairlead/fairlead.yaml"],
  what: "settings file",
} as const;

function dataDirectory({ XDG_STATE_HOME: stateHome = join(homedir(), ".local", "state") }: Environment): string {
  return process.getuid?.() === 0 ? "/var/lib/fairlead" : join(stateHome, "fairlead");
}
