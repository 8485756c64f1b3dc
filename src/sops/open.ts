/*
 * Files that are encrypted with SOPS, or with age as a whole, are told and opened here. Nothing of what is in them is ever
 * written down, and no fault says any of it.
 */

import { posix } from "node:path";
import type { Secret } from "../tools/secret.js";
import { isAge, openAge, recipientsOf } from "./age.js";
import { dotenvMetadata, isSopsDotenv, openDotenv } from "./dotenv.js";
import { SopsFault } from "./fault.js";
import { identitiesIn } from "./keys.js";
import type { Metadata } from "./metadata.js";
import { openTree, sopsTree } from "./tree.js";

/** What was in an encrypted file. */
export type Opened = { readonly bytes: Buffer } | { readonly fault: string; readonly hint: string };

/** Asked for at each file: keys are renewed in theirs. Throws where one cannot be read. */
export type Keys = () => Promise<readonly Secret[]>;

const longest = 1_048_576;
const keyBytes = 32;

/** Undefined: it is not encrypted. */
export async function openFile(path: string, file: Buffer, keys: Keys): Promise<Opened | undefined> {
  if (file.length > longest * 2) return undefined;
  try {
    if (isAge(file)) return { bytes: await openWhole(file, keys) };
    const text = file.toString("utf8");
    if (isSopsDotenv(text)) {
      const metadata = dotenvMetadata(text);
      return { bytes: Buffer.from(openDotenv(text, metadata, await dataKey(metadata, keys)), "utf8") };
    }
    if (/^\[sops\]$/m.test(text) && /^mac\s*=/m.test(text))
      throw new SopsFault(
        "it is encrypted with SOPS in the form ini, which is not supported",
        "use dotenv, YAML, JSON or binary",
      );
    const tree = sopsTree(text);
    if (tree === undefined) {
      if (!text.includes("ENC[AES256_GCM,data:")) return undefined;
      throw new SopsFault(
        "it has values that SOPS has encrypted, and no metadata of SOPS that can be read beside them",
        "take the file as `sops` has written it, with its key `sops`",
      );
    }
    const { text: opened, data } = openTree(tree, await dataKey(tree.metadata, keys));
    return { bytes: isWhole(path, tree) && data !== undefined ? data : Buffer.from(opened, "utf8") };
  } catch (thrown) {
    if (thrown instanceof SopsFault) return { fault: thrown.message, hint: thrown.hint };
    throw thrown;
  }
}

/** SOPS keeps what is neither YAML nor JSON nor variables as one value, in JSON. */
function isWhole(path: string, { isJson, value }: { readonly isJson: boolean; readonly value: object }): boolean {
  const isAlone = Object.keys(value).every((key) => key === "data" || key === "sops");
  return isJson && isAlone && !/\.(?:json|ya?ml)$/i.test(posix.basename(path));
}

async function openWhole(file: Buffer, keys: Keys): Promise<Buffer> {
  const identities = await identitiesOf(keys, "it is encrypted with age");
  const opened = await openAge(file, identities);
  if (opened !== undefined) return opened;
  const again = (await recipientsOf(identities)).map((recipient) => `-r ${recipient}`).join(" ");
  throw new SopsFault(
    "it is encrypted with age, and none of the age keys opens it",
    `encrypt it for this host too: \`age ${again}\`; or ${giveKey}`,
  );
}

async function dataKey({ age, others, isDivided }: Metadata, keys: Keys): Promise<Buffer> {
  if (isDivided)
    throw new SopsFault("its key is divided among groups of keys (Shamir), which is not supported", addKey());
  if (age.length === 0) {
    const ways = others.length === 0 ? "nobody" : others.join(", ");
    throw new SopsFault(
      `it is encrypted with SOPS for ${ways}, and not for an age key, which alone is supported`,
      addKey(),
    );
  }
  const recipients = age.map(({ recipient }) => recipient.slice(0, 100)).join(", ");
  const identities = await identitiesOf(keys, `it is encrypted with SOPS for ${recipients}`);
  for (const { enc } of age) {
    const key = await openAge(Buffer.from(enc, "latin1"), identities);
    if (key?.length === keyBytes) return key;
  }
  throw new SopsFault(
    `it is encrypted with SOPS for ${recipients}, and none of the age keys opens it`,
    `${addKey(await recipientsOf(identities))}; or ${giveKey}`,
  );
}

async function identitiesOf(keys: Keys, what: string): Promise<readonly Secret[]> {
  const identities = (await keys()).flatMap(identitiesIn);
  if (identities.length > 0) return identities;
  throw new SopsFault(
    `${what}, and no age key is given`,
    "name the file with the private key: SOPS_AGE_KEY_FILE, or ageKeyFile in the settings",
  );
}

const giveKey = "give a private key that it is for (SOPS_AGE_KEY_FILE, or ageKeyFile in the settings)";

/** `recipients`: those that are known to be of this host. */
function addKey(recipients: readonly string[] = []): string {
  const key = recipients.length === 0 ? "age1…" : recipients.join(",");
  return `encrypt it for this host's age key too: \`sops rotate -i --add-age ${key}\``;
}
