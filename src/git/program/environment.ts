import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sourceEnvironment } from "../../process/child-environment.js";
import type { Environment } from "../../process/environment.js";
import type { Address } from "./address.js";
import { loginVariables, sshCommand, type Login } from "./login.js";

/** A server that sends less than so many bytes a second for so long has stalled. */
const slowBytes = 1_000;
const slowSeconds = 30;

export interface Surroundings {
  readonly address: Address;
  readonly login: Login;
  /** A file with the certificate of an authority of one's own. */
  readonly caFile: string | undefined;
  /** A folder of ours: git's only configuration, and its home. */
  readonly folder: string;
  /** Ours: of it git gets what it needs to find its way. */
  readonly environment: Environment;
}

/**
 * All that git is told, anew for each run, since tokens are renewed in their files. It sees no configuration but ours, runs no
 * hook, asks nobody, and speaks the address's own protocol and no other.
 */
export function gitVariables({ address, login, caFile, folder, environment }: Surroundings): Environment {
  const variables = loginVariables(address, login);
  return {
    ...sourceEnvironment(environment),
    LC_ALL: "C",
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: configFile(folder),
    GIT_ATTR_NOSYSTEM: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "/bin/false",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_CEILING_DIRECTORIES: folder,
    GIT_ALLOW_PROTOCOL: address.protocols,
    GIT_PROTOCOL_FROM_USER: "0",
    ...(caFile === undefined ? {} : { GIT_SSL_CAINFO: caFile }),
    ...(address.protocols === "ssh" ? { GIT_SSH_COMMAND: sshCommand(login), GIT_SSH_VARIANT: "ssh" } : {}),
    ...variables,
  };
}

/** The only configuration there is. A login is never in it. */
export async function writeConfig(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Only our own stores and what the settings name are ever entered: whose they are does not matter.
  const text = `[core]
	hooksPath = /dev/null
	fsmonitor = false
	attributesFile = /dev/null
	excludesFile = /dev/null
	autocrlf = false
	symlinks = true
	fsync = committed
[gc]
	auto = 0
[maintenance]
	auto = false
[submodule]
	recurse = false
[credential]
	helper =
[http]
	lowSpeedLimit = ${slowBytes}
	lowSpeedTime = ${slowSeconds}
[safe]
	directory = *
`;
  await writeFile(configFile(folder), text, { mode: 0o600 });
}

/**
 * What a push is told instead. To a repository on this host git writes by a program that it starts here, with our
 * configuration: that repository's hooks have their say, as on any server, and only where it belongs to our own user, since they
 * are programs. Our own has none.
 */
export async function pushVariables(folder: string): Promise<Environment> {
  const file = join(folder, "gitconfig-push");
  const text = `[gc]
	auto = 0
[credential]
	helper =
[http]
	lowSpeedLimit = ${slowBytes}
	lowSpeedTime = ${slowSeconds}
[push]
	followTags = false
	gpgSign = false
	recurseSubmodules = no
`;
  await writeFile(file, text, { mode: 0o600 });
  return { GIT_CONFIG_GLOBAL: file };
}

function configFile(folder: string): string {
  return join(folder, "gitconfig");
}
