import { runInNewContext } from "node:vm";
import { SopsFault } from "./fault.js";

/** What a file says of its own encryption. */
export interface Metadata {
  readonly age: readonly { readonly recipient: string; readonly enc: string }[];
  /** Other ways to the data key, such as `pgp`: none of them is ours. */
  readonly others: readonly string[];
  /** The data key is divided among several groups of keys. */
  readonly isDivided: boolean;
  readonly lastModified: string;
  readonly mac: string;
  readonly macOnlyEncrypted: boolean;
  readonly isEncrypted: (path: readonly string[], written: unknown) => boolean;
}

const otherKeys = ["kms", "gcp_kms", "azure_kv", "hc_vault", "hckms", "pgp"];

/** From `sops` of a file, as mappings and lists. */
export function metadataOf(sops: Readonly<Record<string, unknown>>): Metadata {
  const text = (key: string) => (typeof sops[key] === "string" ? sops[key] : "");
  const list = (key: string) => (Array.isArray(sops[key]) ? (sops[key] as readonly unknown[]) : []);
  const age = list("age").flatMap((one) => {
    const { recipient, enc } = one as { readonly recipient?: unknown; readonly enc?: unknown };
    return typeof recipient === "string" && typeof enc === "string" ? [{ recipient, enc }] : [];
  });
  return {
    age,
    others: otherKeys.filter((key) => list(key).length > 0),
    isDivided: list("key_groups").length > 0,
    lastModified: text("lastmodified"),
    mac: text("mac"),
    macOnlyEncrypted: sops["mac_only_encrypted"] === true || sops["mac_only_encrypted"] === "true",
    isEncrypted: ruleOf(text),
  };
}

/** What a key has to look like; each file has at most one of these. */
function ruleOf(text: (key: string) => string): Metadata["isEncrypted"] {
  const words = [
    "unencrypted_suffix",
    "encrypted_suffix",
    "unencrypted_regex",
    "encrypted_regex",
    "unencrypted_comment_regex",
    "encrypted_comment_regex",
  ].filter((key) => text(key) !== "");
  const [word = "unencrypted_suffix", another] = words;
  if (another !== undefined)
    throw new SopsFault(
      `its metadata has ${word} and ${another}, of which there can be one`,
      "encrypt it anew with `sops`",
    );
  const said = text(word) === "" ? "_unencrypted" : text(word);
  // Which comment stands where is another matter: a value that is encrypted shows it.
  if (word.endsWith("comment_regex")) return (_path, written) => typeof written === "string" && isValue(written);
  const fits = word.endsWith("suffix") ? (key: string) => key.endsWith(said) : matcherOf(said);
  const isInverse = word.startsWith("unencrypted");
  return (path) => path.some(fits) !== isInverse;
}

export function isValue(text: string): boolean {
  return text.startsWith("ENC[AES256_GCM,");
}

const patienceMs = 250;

/** Whoever can change the file can write an expression that never ends. */
function matcherOf(expression: string): (key: string) => boolean {
  const [, insensitive, source] = /^(\(\?i\))?([^]*)$/.exec(expression) ?? [];
  const known = new Map<string, boolean>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    let found: boolean;
    try {
      const names = { source, flags: insensitive === undefined ? "u" : "iu", key };
      found = runInNewContext("new RegExp(source, flags).test(key)", names, { timeout: patienceMs }) as boolean;
    } catch {
      throw new SopsFault(
        "the regular expression in its metadata cannot be used",
        "write a simpler one, and encrypt it anew",
      );
    }
    known.set(key, found);
    return found;
  };
}
