import { codeOf, readFault } from "../tools/files/file-fault.js";
import { plainFileRemedy, readGiven } from "../tools/files/plain-file.js";
import { Secret } from "../tools/secret.js";
import { decoded } from "../tools/utf8.js";
import { SopsFault } from "./fault.js";

const settings = "SOPS_AGE_KEY_FILE, or ageKeyFile in the settings";
const form = "an age key is a line that begins with AGE-SECRET-KEY-1, as `age-keygen` writes it";

/** What a file of keys holds. Throws SopsFault where that is no key. */
export async function readKeys(file: string): Promise<readonly Secret[]> {
  const text = await textOf(file);
  const keys = text.reveal().split(/\r?\n/);
  const faults = keys.flatMap((line, index) => {
    const fault = keyFault(line);
    return fault === undefined ? [] : [new SopsFault(`${encrypted}${file}:${index + 1} ${fault.what}`, fault.hint)];
  });
  const [first] = faults;
  if (first !== undefined) throw first;
  if (identitiesIn(text).length > 0) return [text];
  throw new SopsFault(`${encrypted}the file of the age keys, ${file}, holds no key`, `write one into it: ${form}`);
}

const encrypted = "it is encrypted, and ";

async function textOf(file: string): Promise<Secret> {
  try {
    const { text, foreign } = decoded(await readGiven(file));
    if (foreign === undefined) return new Secret(text.replace(/^\uFEFF/, ""));
    throw new SopsFault(`${encrypted}the file of the age keys, ${file}, is not UTF-8 text`, "save it as UTF-8");
  } catch (thrown) {
    if (thrown instanceof SopsFault) throw thrown;
    const { message } = readFault(file, thrown);
    throw new SopsFault(`${encrypted}the file of the age keys cannot be read: ${message}`, remedyOf(codeOf(thrown)));
  }
}

function remedyOf(code: string | undefined): string {
  if (code === "ENOENT") return `name a file that is there: ${settings}`;
  if (code === "ENOTREG") return plainFileRemedy;
  if (code === "EISDIR") return `that is a directory; name the file in it: ${settings}`;
  return "let the user that runs Fairlead read it (chown, chmod), and enter the directories above it";
}

/** The lines of a key file: comments are none. */
export function identitiesIn(text: Secret): readonly Secret[] {
  const lines = text.reveal().split(/\r?\n/);
  return lines.map((line) => line.trim()).flatMap((line) => (/^(?:#|$)/.test(line) ? [] : [new Secret(line)]));
}

interface KeyFault {
  readonly what: string;
  readonly hint: string;
}

/** What else people take for an age key, by how it begins. */
const others: readonly (readonly [begin: RegExp, fault: KeyFault])[] = [
  [
    /^age1/,
    {
      what: "is a public key, with which files are encrypted, and not opened",
      hint: `give the private one that belongs to it: ${form}`,
    },
  ],
  [
    /^(?:-----BEGIN AGE ENCRYPTED FILE-----|age-encryption\.org\/v1)/,
    {
      what: "is encrypted itself, as with a passphrase, for which nobody can be asked here",
      hint: "open it with `age --decrypt`, and keep what comes out where only Fairlead's user can read it",
    },
  ],
  [
    /^(?:-----BEGIN (?:\w+ )*PRIVATE KEY-----|ssh-|ecdsa-|sk-)/,
    {
      what: "is no age key but an ssh key, or one of another kind, which is not supported",
      hint: "make an age key with `age-keygen`, and encrypt the file for that one too: `sops rotate -i --add-age`",
    },
  ],
  [
    /^AGE-PLUGIN-/i,
    {
      what: "is a key of an age plugin, which is not supported",
      hint: "make a key with `age-keygen`, and encrypt the file for that one too: `sops rotate -i --add-age`",
    },
  ],
];

/** Undefined: it may be a key, or it is a comment or blank. */
function keyFault(line: string): KeyFault | undefined {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return undefined;
  const known = others.find(([begin]) => begin.test(text));
  if (known !== undefined) return known[1];
  return /^AGE-SECRET-KEY-/.test(text) ? undefined : noKey;
}

const noKey = { what: "is no age key", hint: form };

/** What is wrong with a key that cannot be used. */
export function unusable(key: Secret): SopsFault {
  const { what, hint } = keyFault(key.reveal()) ?? {
    what: "is no age key: some of its letters are wrong or missing",
    hint: "copy it anew, the whole line",
  };
  return new SopsFault(
    `${encrypted}one of the age keys ${what}`,
    `${hint}; SOPS_AGE_KEY_FILE and SOPS_AGE_KEY, or ageKeyFile and ageKey in the settings, give keys`,
  );
}
