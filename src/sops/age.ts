import type * as Age from "age-encryption";
import { loadLate } from "../process/load-late.js";
import { Secret } from "../tools/secret.js";
import { SopsFault } from "./fault.js";

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
      throw new SopsFault("one of the age keys is no age key: each is a line that begins with AGE-SECRET-KEY-1");
    }
  }
  try {
    const isArmored = !file.subarray(0, binaryBegin.length).equals(Buffer.from(binaryBegin));
    const whole = isArmored ? armor.decode(file.toString("latin1")) : new Uint8Array(file);
    return Buffer.from(await decrypter.decrypt(whole));
  } catch (thrown) {
    if (thrown instanceof Error && /no identity matched/i.test(thrown.message)) return undefined;
    throw new SopsFault("it is encrypted with age, and damaged");
  }
}

/** The lines of a key file: comments are none. */
export function identitiesIn(text: Secret): readonly Secret[] {
  const lines = text.reveal().split(/\r?\n/);
  return lines.map((line) => line.trim()).flatMap((line) => (/^(?:#|$)/.test(line) ? [] : [new Secret(line)]));
}
