import { z } from "zod";
import { registryOfKey, serverAddress } from "../../compose/values/registry-name.js";
import type { RegistryCredentials } from "../../control/ports/registry.js";
import { FairleadError } from "../../errors.js";
import { Secret } from "../../tools/secret.js";

const entrySchema = z.object({
  /** base64 of `username:password`. */
  auth: z.string().default(""),
  identitytoken: z.string().default(""),
  username: z.string().default(""),
  password: z.string().default(""),
});

type Login = Omit<RegistryCredentials, "serveraddress">;

/** An entry of `auths`, read but not refused yet: a fault matters only to who asks for this registry. */
export type StoredEntry =
  | { readonly kind: "login"; readonly login: Login }
  /** It only says that a store knows more. */
  | { readonly kind: "empty" }
  | { readonly kind: "faulty"; readonly what: string };

export function readEntry(value: unknown): StoredEntry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) return { kind: "faulty", what: "is not what `docker login` writes" };
  const { auth, identitytoken, username, password } = parsed.data;
  if (identitytoken !== "") return { kind: "login", login: { identitytoken: new Secret(identitytoken) } };
  if (auth !== "") return decodeAuth(auth);
  return username === "" ? { kind: "empty" } : { kind: "login", login: { username, password: new Secret(password) } };
}

/** Docker pads passwords with NUL in some versions; those are no part of it. */
function decodeAuth(auth: string): StoredEntry {
  const text = Buffer.from(auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 1) return { kind: "faulty", what: "holds an `auth` that is not base64 of `username:password`" };
  const password = new Secret(text.slice(colon + 1).replace(/\0+$/, ""));
  return { kind: "login", login: { username: text.slice(0, colon), password } };
}

/** What `auths` of config.json holds for a registry. Throws ConfigInvalid, naming the file at `path` and the entry. */
export function storedCredentials(
  auths: Readonly<Record<string, StoredEntry>>,
  registry: string,
  path: string,
): RegistryCredentials | undefined {
  const serveraddress = serverAddress(registry);
  const entries = Object.entries(auths).filter(([key]) => registryOfKey(key) === registry);
  for (const [key, entry] of entries.sort(([a], [b]) => Number(b === serveraddress) - Number(a === serveraddress))) {
    if (entry.kind === "faulty") throw invalid(path, key, entry.what);
    if (entry.kind === "login") return { ...entry.login, serveraddress };
  }
  return undefined;
}

function invalid(path: string, key: string, what: string): FairleadError {
  return new FairleadError("ConfigInvalid", `Docker's configuration file ${path}: the entry for ${key} ${what}`, {
    remedy: `Write it anew with \`docker login ${registryOfKey(key)}\`.`,
  });
}
