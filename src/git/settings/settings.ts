/*
 * What people say of repositories lives here, and what of it is refused.
 */

import { posix } from "node:path";
import { z } from "zod";
import { durationWithin } from "../../compose/values/duration.js";
import { quote } from "../../tools/quote.js";
import type { FairleadError } from "../../errors.js";
import { durationForm } from "../../tools/duration-form.js";
import { addressOf, type Address } from "../program/address.js";
import type { Login } from "../program/login.js";
import type { Verify } from "../repository/signature.js";
import { isReference, writeBackOf, writeBackSchema, type WriteBack } from "./write-back.js";
import { wrong, type PlaceOf } from "./wrong.js";

export type { PlaceOf } from "./wrong.js";

const auth = z
  .strictObject({
    username: z.string().min(1).optional().describe("with `tokenFile`; `git` where it is not written"),
    tokenFile: z.string().min(1).optional().describe("a file with a token or password, read anew at each look"),
    sshKeyFile: z
      .string()
      .min(1)
      .optional()
      .describe("a private key without a passphrase that only Fairlead's user may read"),
    knownHostsFile: z.string().min(1).optional().describe("the keys of the server, as `ssh-keyscan` prints them"),
  })
  .describe(
    "how the repository is entered: `{username, tokenFile}` over HTTPS, `{sshKeyFile, knownHostsFile}` over ssh",
  );

const verify = z
  .strictObject({
    allowedSignersFile: z.string().min(1).optional().describe("keys of ssh signatures, as `ssh-keygen` takes them"),
    gpgKeyringFile: z.string().min(1).optional().describe("public keys, as `gpg --export` writes them"),
  })
  .describe("only a commit that one of these keys has signed comes in force; one of the two");

const repository = z.strictObject({
  url: z
    .string()
    .min(1)
    .optional()
    .describe("`https://…`, `ssh://…`, `git@host:path`, or the path of a repository on this host"),
  ref: z.string().min(1).optional().describe("a branch, a tag, or a full reference; else the repository's own branch"),
  path: z
    .union([z.string(), z.array(z.string()).min(1).readonly()])
    .optional()
    .describe("the services files, as `--file` takes them, from the repository's root on (`compose.yaml`)"),
  interval: durationForm().optional().describe("how often it is asked for news, with a tenth of jitter (`60s`)"),
  name: z
    .string()
    .regex(
      /^[a-zA-Z0-9][\w.-]{0,63}$/,
      "it should be up to 64 letters, digits, `.`, `_` and `-`, the first a letter or digit",
    )
    .optional()
    .describe("its folder in the data directory; the repository's own name where it is not written"),
  auth: auth.optional(),
  verify: verify.optional(),
  caFile: z.string().min(1).optional().describe("a PEM file with the certificate of the server's own authority"),
  submodules: z.boolean().optional().describe("fetch them too, from the repository's own host (`false`)"),
  writeBack: writeBackSchema.optional(),
});

export type WrittenRepository = z.infer<typeof repository>;
export type WrittenRepositories = WrittenRepository | readonly WrittenRepository[];

/** The `git:` key of the settings file: one repository, or a list. The descriptions are the documentation's. */
export const gitSchema: z.ZodType<WrittenRepositories> = z.union([repository, z.array(repository)]);

/** A repository that is to be followed. */
export interface RepositorySettings {
  /** As metrics and messages name it: the URL, and the reference where another one has the same URL. */
  readonly source: string;
  /** Its folder in the data directory. */
  readonly name: string;
  readonly address: Address;
  readonly ref: string;
  readonly paths: readonly string[];
  readonly intervalMs: number;
  readonly login: Login;
  readonly verify: Verify | undefined;
  readonly caFile: string | undefined;
  readonly submodules: boolean;
  /** Absent: nothing is written into it. */
  readonly writeBack?: WriteBack | undefined;
}

const shortestMs = 1_000;
const longestMs = 86_400_000;

/** Throws FairleadError ConfigInvalid, naming the place. */
export function repositoriesOf(
  written: WrittenRepositories,
  placeOf: PlaceOf = (key) => key,
): readonly RepositorySettings[] {
  const isList = Array.isArray(written);
  const list = [written].flat();
  const found = list.map((one, index) => repositoryOf(one, (key) => placeOf(isList ? `${index}.${key}` : key)));
  for (const [index, { name, source, ref }] of found.entries()) {
    const twin = found.slice(0, index).find((other) => other.name === name);
    if (twin === undefined) continue;
    if (twin.source === source && twin.ref === ref) {
      throw wrong(placeOf(`${index}.url`), `${source} stands here twice`, "write its files as one list under `path`");
    }
    throw wrong(
      placeOf(`${index}.name`),
      `two repositories are called ${quote(name)}`,
      "give one of them another `name`",
    );
  }
  return found.map((one) => {
    const isShared = found.some((other) => other !== one && other.source === one.source);
    return isShared ? { ...one, source: `${one.source}#${one.ref}` } : one;
  });
}

function repositoryOf(written: WrittenRepository, at: PlaceOf): RepositorySettings {
  const { url, ref = "HEAD", path = "compose.yaml", submodules = false, caFile } = written;
  if (url === undefined) throw wrong(at("url"), "there is no URL", "write the repository's `url`, or --git");
  const parsed = addressOf(url);
  if ("wrong" in parsed) throw wrong(at("url"), parsed.wrong, parsed.hint);
  const { address } = parsed;
  const paths = [path].flat().map((one) => pathOf(one, at));
  return {
    source: address.url,
    name:
      written.name ??
      address.name
        .replace(/[^\w.-]/g, "-")
        .replace(/^[^a-zA-Z0-9]+/, "")
        .slice(0, 64),
    address,
    ref: refOf(ref, at),
    paths,
    intervalMs: intervalOf(written.interval ?? "60s", at),
    login: loginOf(written.auth ?? {}, address, at("auth")),
    verify: verifyOf(written.verify, at("verify")),
    caFile,
    submodules,
    writeBack: writeBackOf(written, at),
  };
}

function refOf(ref: string, at: PlaceOf): string {
  if (isReference(ref)) return ref;
  throw wrong(at("ref"), `${quote(ref)} is not a reference`, "write a branch, a tag, or refs/heads/main");
}

function pathOf(path: string, at: PlaceOf): string {
  const normal = posix.normalize(path).replace(/\/$/, "");
  if (path !== "" && !posix.isAbsolute(normal) && normal !== "." && normal !== ".." && !normal.startsWith("../"))
    return normal;
  throw wrong(at("path"), `${quote(path)} is not in the repository`, "write it from the repository's root on");
}

function intervalOf(text: string, at: PlaceOf): number {
  try {
    return durationWithin(text, shortestMs, longestMs);
  } catch (thrown) {
    const { message, remedy } = thrown as FairleadError;
    throw wrong(at("interval"), message, remedy ?? "write for example 60s");
  }
}

function loginOf(
  { username, tokenFile, sshKeyFile, knownHostsFile }: NonNullable<WrittenRepository["auth"]>,
  address: Address,
  at: string,
): Login {
  const isSsh = address.protocols === "ssh";
  if ((username ?? tokenFile) !== undefined && (sshKeyFile ?? knownHostsFile) !== undefined) {
    throw wrong(at, "a token and an ssh key exclude each other", "keep what fits the URL");
  }
  if (isSsh) {
    if ((username ?? tokenFile) !== undefined)
      throw wrong(at, "a token is of no use over ssh", "write sshKeyFile and knownHostsFile");
    if (knownHostsFile === undefined)
      throw wrong(
        at,
        "knownHostsFile is missing: over ssh the server would not be known",
        "write `git: {auth: {knownHostsFile: …, sshKeyFile: …}}` into the settings file (--config); `ssh-keyscan HOST` writes the one, and no flag names it",
      );
    return { kind: "ssh", sshKeyFile, knownHostsFile };
  }
  if ((sshKeyFile ?? knownHostsFile) !== undefined)
    throw wrong(at, "an ssh key is of no use for this URL", "write username and tokenFile, or an ssh URL");
  if (tokenFile === undefined) {
    if (username === undefined) return { kind: "none" };
    throw wrong(at, "username has no tokenFile", "name the file with the token");
  }
  if (address.origin === undefined) throw wrong(at, "a repository on this host takes no login", "remove it");
  if (address.isOpen) throw wrong(at, "a login is sent over plain HTTP only to this host itself", "write an https URL");
  return { kind: "token", username: username ?? "git", tokenFile };
}

function verifyOf(written: WrittenRepository["verify"], at: string): Verify | undefined {
  if (written === undefined) return undefined;
  const { allowedSignersFile, gpgKeyringFile } = written;
  if (allowedSignersFile !== undefined && gpgKeyringFile === undefined) return { kind: "ssh", allowedSignersFile };
  if (gpgKeyringFile !== undefined && allowedSignersFile === undefined) return { kind: "gpg", gpgKeyringFile };
  throw wrong(at, "it names no keys, or keys of two kinds", "write allowedSignersFile or gpgKeyringFile");
}
