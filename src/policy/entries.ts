import { posix } from "node:path";
import { capabilities } from "../compose/values/capabilities.js";
import { cdiPattern, cgroupRulePattern } from "../compose/values/device-words.js";
import { parseImage } from "../compose/values/image.js";
import { nearest } from "../tools/suggest.js";
import { isPorts } from "./rules/ports.js";

/** What the entries of one list of a policy may be. What is none of it would allow nothing, and nobody would notice. */
export interface EntryKind {
  readonly isRight: (text: string) => boolean;
  /** After the entry in quotes. */
  readonly message: string;
  readonly remedy: string;
  /** Words that an entry which is none may be meant as. */
  readonly words?: readonly string[];
}

/** By the keys of a policy that hold lists. */
export const entryKinds = {
  bindMounts: {
    isRight: (root) => root === "project" || isWhole(root),
    message: "is no folder of the host",
    remedy: "write its whole path without `..`, or `project`",
    words: ["project"],
  },
  capabilities: {
    isRight: (written) => capabilities.has(bare(written)) || bare(written) === "ALL",
    message: "is no capability",
    remedy: "write one of capabilities(7), such as NET_ADMIN, or ALL",
    words: ["ALL", ...capabilities],
  },
  devices: {
    isRight: (word) => isWhole(word) || cdiPattern.test(word) || cgroupRulePattern.test(word) || isDriver(word),
    message: "is no device",
    remedy:
      "write a whole path such as /dev/fuse, a name such as vendor.com/class=name, `gpu`, or a rule such as c 189:* rwm",
    words: ["gpu"],
  },
  securityOptions: {
    isRight: isSecurityOption,
    message: "is no security option that can be allowed",
    remedy: "write for example apparmor=unconfined or label=disable; profiles of one's own go by seccomp=profile",
    words: ["apparmor=unconfined", "label=disable", "seccomp=profile", "seccomp=unconfined", "systempaths=unconfined"],
  },
  otherContainers: {
    isRight: (name) => /^[a-zA-Z0-9][\w.-]*$/.test(name),
    message: "is no name of a container",
    remedy: "write it as `docker ps` shows it",
  },
  volumeDrivers: {
    isRight: isOneWord,
    message: "is no name of a driver",
    remedy: "write it as `docker volume ls` shows it",
  },
  runtimes: {
    isRight: isOneWord,
    message: "is no name of a runtime or an annotation",
    remedy: "write it as `runtime` and `annotations` have it",
  },
  images: {
    isRight: isImages,
    message: "is no registry and no repository",
    remedy: "write for example ghcr.io, ghcr.io/acme/* or docker.io/library/nginx, without a tag",
  },
  hostPorts: {
    isRight: isPorts,
    message: "is no port of the host",
    remedy: "write for example 8080, 8000-8099/tcp or 127.0.0.1:1-65535",
  },
} as const satisfies Readonly<Record<string, EntryKind>>;

/** What may be meant by an entry that is none; a word that differs by its beginning or its case too. */
export function meantBy(text: string, { words = [] }: EntryKind): string | undefined {
  return nearest(bare(text), words) ?? nearest(text, words);
}

function bare(capability: string): string {
  return capability.toUpperCase().replace(/^CAP_/, "");
}

function isWhole(root: string): boolean {
  return root.startsWith("/") && posix.normalize(root).replace(/(.)\/$/, "$1") === root.replace(/(.)\/$/, "$1");
}

/** Of devices; `gpu` is what any driver of GPUs is called here. */
function isDriver(word: string): boolean {
  return /^[a-zA-Z0-9][\w.-]*$/.test(word) && (word === "gpu" || nearest(word, ["gpu"]) === undefined);
}

function isOneWord(text: string): boolean {
  return /^[\w][\w.:/@+-]*$/.test(text);
}

const optionNames = ["apparmor", "label", "no-new-privileges", "seccomp", "systempaths"];

/** The engine may know further names: those that are nearly one of the known ones are none. */
function isSecurityOption(text: string): boolean {
  const [, name = "", value] = /^([a-z-]+)(?:[=:](.+))?$/.exec(text) ?? [];
  if (name === "no-new-privileges") return true;
  if (value === undefined) return false;
  if (name === "seccomp") return ["profile", "unconfined", "builtin"].includes(value);
  if (name === "systempaths") return value === "unconfined";
  return optionNames.includes(name) || nearest(name, optionNames) === undefined;
}

function isImages(text: string): boolean {
  try {
    const { tag, digest } = parseImage(text.replace(/\/\*$/, "/x"));
    return !/:[^/]*$/.test(text.replace(/^[^/]*/, "")) && digest === undefined && tag !== undefined;
  } catch {
    return false;
  }
}
