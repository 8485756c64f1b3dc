import { createPublicKey } from "node:crypto";
import type * as Sigstore from "@sigstore/verify";
import type { KeyRule } from "../compose/model/policy/signature-rule.js";
import { loadLate } from "../process/load-late.js";
import type { Check } from "./opened.js";

const none = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const nothingElse = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 };

/** One of the keys has signed it. What logs and clocks say besides adds nothing: a key is believed for as long as it is listed. */
export function keyCheck({ keys }: KeyRule): Check {
  const { Verifier, toSignedEntity } = loadLate("@sigstore/verify") as typeof Sigstore;
  const verifiers = keys.map(({ pem }) => {
    const found = { publicKey: createPublicKey(pem), validFor: () => true };
    return new Verifier({ ...none, publicKey: () => found }, nothingElse);
  });
  const names = keys.map(({ name }) => name).join(", ");
  return ({ bundle, artifact }) => {
    const entity = toSignedEntity(bundle, artifact);
    // The library would refuse an entry of a log that it is told nothing of, although none is asked for.
    const bare = { ...entity, key: { $case: "public-key", hint: "" } as const, tlogEntries: [], timestamps: [] };
    const isGood = verifiers.some((verifier) => succeeds(() => verifier.verify(bare)));
    if (!isGood) throw new Error(`it is not by ${keys.length === 1 ? `the key ${names}` : `one of the keys ${names}`}`);
  };
}

function succeeds(verify: () => unknown): boolean {
  try {
    verify();
    return true;
  } catch {
    return false;
  }
}
