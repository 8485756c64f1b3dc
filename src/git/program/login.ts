import type { Environment } from "../../process/environment.js";
import { readFault } from "../../tools/files/file-fault.js";
import { readGivenSync } from "../../tools/files/plain-file.js";
import { Secret } from "../../tools/secret.js";
import { decoded } from "../../tools/utf8.js";
import type { Address } from "./address.js";
import { GitFault } from "./fault.js";

/** How a repository is entered. The files are read at each run: a token that was renewed counts at once. */
export type Login =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly username: string; readonly tokenFile: string }
  | { readonly kind: "ssh"; readonly sshKeyFile: string | undefined; readonly knownHostsFile: string };

/**
 * A login reaches git by its environment, which no other user can list, and never by its command line or a file. It is sent to
 * the address's own host: where that sends us elsewhere, nobody follows.
 */
export function loginVariables(address: Address, login: Login): Environment {
  if (login.kind !== "token" || address.origin === undefined) return {};
  const header = tokenIn(login.tokenFile).map((token) =>
    Buffer.from(`${login.username}:${token}`, "utf8").toString("base64"),
  );
  return {
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_0: `http.${address.origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${header.reveal()}`,
    GIT_CONFIG_KEY_1: "http.followRedirects",
    GIT_CONFIG_VALUE_1: "false",
  };
}

/** As a shell takes it, which git runs it by: every word is quoted. */
export function sshCommand(login: Login): string {
  const knownHosts = login.kind === "ssh" ? login.knownHostsFile : "/dev/null";
  const key = login.kind === "ssh" ? login.sshKeyFile : undefined;
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile=${escaped(knownHosts)}`,
    "GlobalKnownHostsFile=/dev/null",
    "UpdateHostKeys=no",
    "PasswordAuthentication=no",
    "KbdInteractiveAuthentication=no",
    "ForwardAgent=no",
    "ControlMaster=no",
    "ConnectTimeout=15",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=2",
    ...(key === undefined ? [] : ["IdentitiesOnly=yes", "IdentityAgent=none", `IdentityFile=${escaped(key)}`]),
  ];
  return ["ssh", "-F", "/dev/null", ...options.map((option) => `-o${option}`)].map(word).join(" ");
}

/** Of one line; what stands around it does not count. */
function tokenIn(file: string): Secret {
  try {
    const { text, foreign } = decoded(readGivenSync(file));
    if (foreign !== undefined) throw new GitFault("Unauthorized", `${file} is not UTF-8 text`, "save it as UTF-8");
    const token = text.trim();
    if (token === "") throw new GitFault("Unauthorized", `${file} is empty`, "put the token into tokenFile");
    if (/[\r\n]/.test(token)) throw new GitFault("Unauthorized", `${file} has several lines`, "one token, alone");
    return new Secret(token);
  } catch (thrown) {
    if (thrown instanceof GitFault) throw thrown;
    const { message, remedy } = readFault(file, thrown);
    throw new GitFault("Unauthorized", `auth.tokenFile: ${message}`, remedy, thrown);
  }
}

/** `%` begins a token of ssh's own, and white space ends a path. */
function escaped(path: string): string {
  return `"${path.replaceAll("%", "%%").replaceAll('"', '\\"')}"`;
}

function word(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
