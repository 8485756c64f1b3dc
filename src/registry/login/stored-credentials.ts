import { z } from "zod";
import { registryOfKey, serverAddress } from "../../compose/values/registry-name.js";
import type { RegistryCredentials } from "../../control/ports/registry.js";
import { FairleadError } from "../../errors.js";

const entrySchema = z.looseObject({
  /** base64 of `username:password`. */
  auth: z.string().optional(),
  identitytoken: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
});

/** What `auths` of config.json holds for a registry; an empty entry only says that a store knows more. */
export function storedCredentials(
  auths: Readonly<Record<string, unknown>>,
  registry: string,
  path: string,
): RegistryCredentials | undefined {
  const exact = serverAddress(registry);
  const keys = Object.keys(auths).filter((key) => registryOfKey(key) === registry);
  for (const key of keys.sort((a, b) => Number(b === exact) - Number(a === exact))) {
    const found = entryCredentials(auths[key], key, exact, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

function entryCredentials(
  value: unknown,
  key: string,
  serveraddress: string,
  path: string,
): RegistryCredentials | undefined {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) throw invalid(path, key, "is not what `docker login` writes");
  const { auth = "", identitytoken = "", username = "", password = "" } = parsed.data;
  if (identitytoken !== "") return { identitytoken, serveraddress };
  if (auth === "") return username === "" ? undefined : { username, password, serveraddress };
  return { ...decodeAuth(auth, path, key), serveraddress };
}

/** Docker pads passwords with NUL in some versions; those are no part of it. */
function decodeAuth(auth: string, path: string, key: string): { readonly username: string; readonly password: string } {
  const text = Buffer.from(auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 1) throw invalid(path, key, "holds an `auth` that is not base64 of `username:password`");
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, "") };
}

function invalid(path: string, key: string, what: string): FairleadError {
  return new FairleadError("ConfigInvalid", `Docker's configuration file ${path}: the entry for ${key} ${what}`, {
    remedy: `Write it anew with \`docker login ${registryOfKey(key)}\`.`,
  });
}
