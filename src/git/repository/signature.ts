import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Environment } from "../../process/environment.js";
import { readPlain } from "../../tools/files/plain-file.js";
import { printable } from "../../tools/printable.js";
import { readFault } from "../../tools/files/file-fault.js";
import { GitFault } from "../program/fault.js";
import type { Store } from "./store.js";

const run = promisify(execFile);
const importMs = 30_000;

/** Whose signatures count: one list of keys. */
export type Verify =
  | { readonly kind: "ssh"; readonly allowedSignersFile: string }
  | { readonly kind: "gpg"; readonly gpgKeyringFile: string };

/** Throws GitFault `NotSigned` unless the commit is signed by one of them. */
export async function verifyCommit(
  store: Store,
  commit: string,
  verify: Verify,
  { scratch, environment }: { readonly scratch: string; readonly environment: Environment },
): Promise<void> {
  const home = await mkdtemp(join(scratch, ".keys-"));
  try {
    if (verify.kind === "gpg") await importKeys(verify.gpgKeyringFile, home, environment);
    else await readable(verify.allowedSignersFile, "allowedSignersFile");
    const keys = verify.kind === "ssh" ? verify.allowedSignersFile : "/dev/null";
    // Keys of the other kind are none: both are told where to look, and there is nothing.
    const args = ["-c", `gpg.ssh.allowedSignersFile=${keys}`, "verify-commit", "--raw", commit];
    const { code, said } = await store.run(args, { GNUPGHOME: home }, [1]);
    if (code !== 0 || (verify.kind === "ssh" && !said.includes('Good "git" signature for '))) {
      throw notSigned(commit, verify, said);
    }
    if (verify.kind === "gpg" && !/^\[GNUPG:\] GOODSIG /m.test(said)) throw notSigned(commit, verify, said);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function notSigned(commit: string, { kind }: Verify, said: string): GitFault {
  const where = kind === "ssh" ? "allowedSignersFile" : "gpgKeyringFile";
  return new GitFault(
    "NotSigned",
    `the commit ${commit.slice(0, 7)} ${why(said)}`,
    `have it signed with a key of verify.${where}, or put the key there`,
  );
}

function why(said: string): string {
  if (said.trim() === "" || /no signature found/i.test(said)) return "is not signed";
  if (/^\[GNUPG:\] NO_PUBKEY|No principal matched/m.test(said)) return "is signed with a key that is not allowed";
  if (/EXPKEYSIG|EXPSIG|expired/i.test(said)) return "is signed with a key that has expired";
  if (/REVKEYSIG|revoked/i.test(said)) return "is signed with a key that is revoked";
  if (/BADSIG|incorrect signature|Could not verify/i.test(said)) return "has a signature that does not fit it";
  if (/cannot run|No such file|not found/i.test(said)) {
    return `cannot be verified: ${printable(said.trim().split("\n").at(-1) ?? "", 200)}`;
  }
  return "is not signed by an allowed key";
}

async function importKeys(file: string, home: string, environment: Environment): Promise<void> {
  await readable(file, "gpgKeyringFile");
  try {
    const args = ["--homedir", home, "--batch", "--quiet", "--no-autostart", "--import", file];
    await run("gpg", args, { env: { ...environment, GNUPGHOME: home }, timeout: importMs });
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const message = isMissing ? "gpg is not installed here" : `${file} holds no keys that gpg can read`;
    const remedy = isMissing ? "install gpg where Fairlead runs" : "export them with `gpg --export`";
    throw new GitFault("NotSigned", message, remedy, cause);
  }
}

async function readable(file: string, key: string): Promise<void> {
  await readPlain(file).catch((cause: unknown) => {
    const { message, remedy } = readFault(file, cause);
    throw new GitFault("NotSigned", `verify.${key}: ${message}`, remedy, cause);
  });
}
