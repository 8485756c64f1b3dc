import type * as Age from "age-encryption";
import { loadLate } from "../process/load-late.js";
import type { Secret } from "../tools/secret.js";
import { SopsFault } from "./fault.js";
import { unusable } from "./keys.js";

const armorBegin = "-----BEGIN AGE ENCRYPTED FILE-----";
const binaryBegin = "age-encryption.org/v1\n";

/** Whether a whole file is of age, by how it begins. */
export function isAge(file: Buffer): boolean {
  const begin = file.subarray(0, 200).toString("latin1");
  return begin.startsWith(binaryBegin) || begin.trimStart().startsWith(armorBegin);
}

/** Undefined: none of the identities opens it. Throws where it is damaged, or an identity is none. */
export async function openAge(file: Buffer, identities: readonly Secret[]): Promise<Buffer | undefined> {
  const { Decrypter, armor } = loadLate("age-encryption") as typeof Age;
  const decrypter = new Decrypter();
  for (const identity of identities) {
    try {
      decrypter.addIdentity(identity.reveal());
    } catch {
      throw unusable(identity);
    }
  }
  try {
    const isArmored = !file.subarray(0, binaryBegin.length).equals(Buffer.from(binaryBegin));
    const whole = isArmored ? armor.decode(file.toString("latin1")) : new Uint8Array(file);
    if (isForPassphrase(whole)) {
      throw new SopsFault(
        "it is encrypted with age for a passphrase, for which nobody can be asked here",
        "encrypt it for a key: `age -r age1…`",
      );
    }
    return Buffer.from(await decrypter.decrypt(whole));
  } catch (thrown) {
    if (thrown instanceof SopsFault) throw thrown;
    if (thrown instanceof Error && /no identity matched/i.test(thrown.message)) return undefined;
    throw new SopsFault("it is encrypted with age, and damaged", "copy it anew, or encrypt it again");
  }
}

/** The public keys of private ones. */
export async function recipientsOf(identities: readonly Secret[]): Promise<readonly string[]> {
  const { identityToRecipient } = loadLate("age-encryption") as typeof Age;
  return Promise.all(identities.map((identity) => identityToRecipient(identity.reveal())));
}

function isForPassphrase(file: Uint8Array): boolean {
  return Buffer.from(file.subarray(0, 40)).toString("latin1").startsWith(`${binaryBegin}-> scrypt `);
}
