import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SopsFault } from "../../../src/sops/fault.js";
import { readKeys } from "../../../src/sops/keys.js";
import { openFile } from "../../../src/sops/open.js";
import { Secret } from "../../../src/tools/secret.js";
import { dotenv } from "./encoder.js";
import { identity, otherIdentity, recipient, wholeFile } from "./vectors.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-keys-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function said(text: string | Buffer): Promise<string> {
  const file = join(folder, "key.txt");
  await writeFile(file, text);
  return saidOf(file);
}

async function saidOf(file: string): Promise<string> {
  const fault = await readKeys(file).then(
    (keys) => new Error(`${keys.length} texts`),
    (thrown: unknown) => thrown as Error,
  );
  const text = fault instanceof SopsFault ? `${fault.message} (${fault.hint})` : fault.message;
  return text.replaceAll(folder, "");
}

it.each<readonly [what: string, text: string | Buffer, fault: RegExp]>([
  ["is empty", "", /key\.txt, holds no key \(write one into it: .*AGE-SECRET-KEY-1/],
  ["has comments alone", "# created: today\n\n", /holds no key/],
  ["has a public key", `# x\n${recipient}\n`, /\/key\.txt:2 is a public key.*\(give the private one/],
  ["has a passphrase", wholeFile, /\/key\.txt:1 is encrypted itself.*\(open it with `age --decrypt`/],
  ["has a passphrase, unarmored", "age-encryption.org/v1\n-> scrypt x 18\n", /:1 is encrypted itself/],
  ["is an ssh key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n", /:1 is no age key but an ssh key.*`age-keygen`/],
  ["is a public ssh key", "ssh-ed25519 AAAA me@there\n", /:1 is no age key but an ssh key/],
  ["is of a plugin", "AGE-PLUGIN-YUBIKEY-1QQQQ\n", /:1 is a key of an age plugin/],
  ["is something else", `${identity}\nhello\n`, /:2 is no age key \(an age key is a line/],
  ["is UTF-16", Buffer.from(`\uFEFF${identity}\n`, "utf16le"), /is not UTF-8 text \(save it as UTF-8\)/],
  ["is well, with a mark of UTF-8 and lines of Windows", `\uFEFF# x\r\n${identity}\r\n`, /^1 texts$/],
])("a file of keys that %s", async (_what, text, fault) => {
  const told = await said(text);
  expect(told).toMatch(fault);
  expect(told).not.toMatch(/hello|b3Bl|AAAA|1QQQQ/);
});

it("a file of keys that is none, or no file, is told with what names it", async () => {
  expect(await saidOf(join(folder, "none"))).toMatch(
    /cannot be read: there is no file .* \(name a file.*SOPS_AGE_KEY_FILE/,
  );
  expect(await saidOf(folder)).toMatch(/cannot be read: .* is a directory \(that is a directory/);
  await promisify(execFile)("mkfifo", [join(folder, "pipe")]);
  expect(await saidOf(join(folder, "pipe"))).toMatch(/cannot be read: .* is a named pipe, not a regular file \(name a/);
});

it("a key with a wrong letter, and one that stands in no file, are told with what gives keys", async () => {
  const opened = async (...keys: readonly string[]) => {
    const found = await openFile("a", Buffer.from(dotenv({ A: "1" })), () =>
      Promise.resolve(keys.map((key) => new Secret(key))),
    );
    return found !== undefined && "fault" in found ? `${found.fault} (${found.hint})` : found;
  };
  expect(await opened(identity.replace("1J9", "1J8"))).toMatch(/some of its letters are wrong.*SOPS_AGE_KEY/);
  expect(await opened(recipient)).toMatch(/one of the age keys is a public key.*SOPS_AGE_KEY/);
  expect(await opened(otherIdentity, identity)).toHaveProperty("bytes");
});
