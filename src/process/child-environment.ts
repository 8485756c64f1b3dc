import type { Environment } from "./environment.js";

/** What any program needs to find its files, its peers and its way out. */
const common = [
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TZ|LANG|LANGUAGE|LC_\w+|XDG_\w+)$/,
  /^(?:https?|all|no|ftp)_proxy$/i,
  /^SSL_CERT_(?:FILE|DIR)$/,
  /^SSH_AUTH_SOCK$/,
];

/** Where git finds its settings and how it reaches others; not what would make it run in another repository. */
const ofGit = [
  /^GIT_(?:SSH|SSH_COMMAND|SSH_VARIANT|SSL_\w+|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM|PROXY_COMMAND)$/,
];

/** Credential helpers are logged in to clouds, key rings and password stores by these. */
const ofHelpers = [
  /^DOCKER_CONFIG$/,
  /^(?:AWS|AZURE|GOOGLE|CLOUDSDK|GCLOUD|OCI|IBMCLOUD|ARM|MSI|IDENTITY)_\w+$/,
  /^(?:GH|GITHUB|GITLAB|CI_JOB)_TOKEN$/,
  /^(?:GNUPGHOME|GPG_TTY|PASSWORD_STORE_DIR|DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY)$/,
];

/** Of ours, what git is given. */
export function gitEnvironment(environment: Environment): Environment {
  return chosen(environment, [...common, ...ofGit]);
}

/** Of ours, what a credential helper is given. */
export function helperEnvironment(environment: Environment): Environment {
  return chosen(environment, [...common, ...ofHelpers]);
}

/** Of ours, what a handler of events is given: nothing that lets it in anywhere. */
export function handlerEnvironment(environment: Environment): Environment {
  return chosen(environment, [
    /^(?:PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TZ|LANG|LANGUAGE|LC_\w+)$/,
    /^(?:https?|all|no|ftp)_proxy$/i,
    /^SSL_CERT_(?:FILE|DIR)$/,
  ]);
}

/** Of ours, what git is given where it follows a source of desired state: the way out, and nothing of anybody's settings. */
export function sourceEnvironment(environment: Environment): Environment {
  return chosen(environment, [
    /^(?:PATH|USER|LOGNAME|TMPDIR|TZ)$/,
    /^(?:https?|all|no|ftp)_proxy$/i,
    /^SSL_CERT_(?:FILE|DIR)$/,
    /^GIT_SSL_CA(?:INFO|PATH)$/,
  ]);
}

/** A list of what may pass: what it does not know, a secret of tomorrow above all, stays here. */
function chosen(environment: Environment, patterns: readonly RegExp[]): Environment {
  const passing = Object.entries(environment).filter(([name]) => patterns.some((pattern) => pattern.test(name)));
  return Object.fromEntries(passing);
}
