import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { notifySchema } from "../../notify/subscriptions/settings.js";
import { receiversSchema } from "../../http/receivers/settings.js";
import type { Environment } from "../../process/environment.js";
import { address, data, first, folder, secretFile, secretText, secretTexts, text, textOf } from "../kinds/kinds.js";
import { blocks, hostName, httpUrl, tls } from "../kinds/own-kinds.js";
import { setting } from "../kinds/setting.js";
import { adminSettings } from "./admin.js";

/** Where it keeps its journal, and where it is reached: hooks, receivers, TLS, the admin address. */
export const doorSettings = {
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
    what: "PEM file with the certificate and its chain; read again when it changes",
    more: "Over the key `tls`.",
  }),
  tlsKey: setting(text, {
    flag: "--tls-key <path>",
    variable: "FAIRLEAD_TLS_KEY",
    defaultText: "as in `tls`",
    what: "PEM file with its private key",
  }),
  adminListen: adminSettings.adminListen,
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
  notify: setting(data(notifySchema), {
    key: "notify",
    default: {},
    defaultText: "none",
    what: "who is told of what happens, and how",
    more: "See [notifications](notifications.md) and [the fields](#notify).",
  }),
  trustedProxies: setting(blocks, {
    variable: "FAIRLEAD_TRUSTED_PROXIES",
    key: "trustedProxies",
    emptyIsUnset: true,
    default: [],
    defaultText: "none: the address of a connection counts",
    what: "addresses of reverse proxies whose `X-Forwarded-For` counts",
    more: "One address or block (`10.0.0.0/8`), or several with commas. A block that holds all of them, such as `0.0.0.0/0`, is warned of: anybody could choose their address then.",
  }),
  adminToken: adminSettings.adminToken,
  adminReadToken: setting(first(secretFile), {
    flag: "--admin-read-token-file <path>",
    variable: "FAIRLEAD_ADMIN_READ_TOKEN_FILE",
    key: "adminReadTokenFile",
    plain: { variable: "FAIRLEAD_ADMIN_READ_TOKEN", key: "adminReadToken", kind: first(secretText) },
    defaultText: "none",
    what: "file with a second token, whose holder sees everything at the admin address and changes nothing",
    more: "It counts beside an admin token only, and is another one.",
  }),
};

function dataDirectory({ XDG_STATE_HOME: stateHome = join(homedir(), ".local", "state") }: Environment): string {
  return process.getuid?.() === 0 ? "/var/lib/fairlead" : join(stateHome, "fairlead");
}
