import { posix } from "node:path";
import { isLoopback } from "../../tools/loopback.js";

/** Where a repository is, as git is told it. */
export interface Address {
  /** As it is handed to git: without a password. */
  readonly url: string;
  /** As people are shown it, and as it is compared. */
  readonly normal: string;
  /** What git may speak: the address's own protocol, and for HTTP its safe form. */
  readonly protocols: string;
  /** Of HTTP: what a login is for. */
  readonly origin: string | undefined;
  /** The repository's own name: `fleet` of `…/acme/fleet.git`. */
  readonly name: string;
  /** Plain HTTP to another host: nobody's login is sent. */
  readonly isOpen: boolean;
}

export type AddressResult = { readonly address: Address } | { readonly wrong: string; readonly hint: string };

const loginHint =
  "take it out; write `git: {auth: {username, tokenFile}}` into the settings file, and the password or token into tokenFile";

/** `https://…`, `ssh://…`, `git@host:path`, or the absolute path of a bare repository on this host. */
export function addressOf(text: string): AddressResult {
  const hint = "write https://host/path.git, ssh://git@host/path.git, git@host:path.git, or an absolute path";
  if (/\p{Cc}/u.test(text) || text.startsWith("-")) return { wrong: "this is not a URL of a repository", hint };
  if (text.startsWith("/")) {
    const url = posix.normalize(text).replace(/(.)\/+$/, "$1");
    return { address: { ...own(url), protocols: "file", origin: undefined, isOpen: false } };
  }
  if (/^\.{0,2}\/|^~/.test(text))
    return { wrong: "the path of a repository has to be a whole one", hint: "begin it with /" };
  // Git would run a program of that name.
  if (/^[\w+.-]+::/.test(text)) return { wrong: "this is not a URL of a repository", hint };
  const short = shortForm(text);
  if (short !== undefined) return { address: { ...own(text), protocols: "ssh", origin: undefined, isOpen: false } };
  if (!URL.canParse(text)) return { wrong: "this is not a URL of a repository", hint };
  const url = new URL(text);
  switch (url.protocol) {
    case "https:":
    case "http:": {
      if (url.username !== "" || url.password !== "")
        return { wrong: "a login has no place in the URL", hint: loginHint };
      if (url.search !== "" || url.hash !== "") return { wrong: "the URL has a query or a fragment", hint };
      const isOpen = url.protocol === "http:" && !isLoopback(url.hostname.replace(/^\[|\]$/g, ""));
      const protocols = url.protocol === "https:" ? "https" : "http:https";
      return { address: { ...own(text), protocols, origin: url.origin, isOpen } };
    }
    case "ssh:":
      if (url.password !== "")
        return {
          wrong: "a password has no place in the URL",
          hint: "take it out; ssh takes a key: `git: {auth: {sshKeyFile, knownHostsFile}}` in the settings file",
        };
      return { address: { ...own(text), protocols: "ssh", origin: undefined, isOpen: false } };
    default:
      return { wrong: `repositories are not read over ${url.protocol}`, hint };
  }
}

function own(url: string): Pick<Address, "url" | "normal" | "name"> {
  const name = posix
    .basename(url.replace(/\/+$/, ""))
    .replace(/^.*:/, "")
    .replace(/\.git$/i, "");
  return { url, normal: normalUrl(url) ?? url, name: name === "" ? "repository" : name };
}

/** `git@host:path`, as ssh has it: not a URL, and not a path. */
function shortForm(text: string): { readonly host: string; readonly path: string } | undefined {
  const [, host, path] = /^(?:[\w.+-]+@)?([\w.-]+|\[[0-9a-f:]+\]):(?!\/\/)(.+)$/i.exec(text) ?? [];
  return host === undefined || path === undefined || /^[a-z]$/i.test(host) ? undefined : { host, path };
}

/**
 * The same repository has the same one, whichever way it is entered: `host/path`, without scheme, user, port and `.git`. Forges
 * take a path in any case of letters; a repository on this host has its path. Undefined: it is nothing that could be one.
 */
export function normalUrl(text: string): string | undefined {
  if (text.startsWith("/")) return local(text);
  const short = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? undefined : shortForm(text);
  if (short !== undefined) return remote(short.host, short.path);
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, pathname } = new URL(text);
  if (protocol === "file:") return local(decoded(pathname));
  return hostname === "" ? undefined : remote(hostname, decoded(pathname));
}

function local(path: string): string {
  return `/${bare(posix.normalize(path))}`;
}

/** Some forges have another path for each way in. */
function remote(host: string, path: string): string {
  const whole = `${host}/${bare(path)}`.toLowerCase();
  const azure = /^ssh\.dev\.azure\.com\/v3\/([^/]+)\/([^/]+)\/(.+)$/.exec(whole);
  if (azure !== null) return `dev.azure.com/${azure[1]}/${azure[2]}/_git/${azure[3]}`;
  return whole.replace(/^([^/]+)\/scm\//, "$1/");
}

function bare(path: string): string {
  return path.replace(/^\/+|\/+$/g, "").replace(/\.git$/i, "");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
