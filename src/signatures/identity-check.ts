import type * as Protobuf from "@sigstore/protobuf-specs";
import type * as Sigstore from "@sigstore/verify";
import type { IdentityRule, SigningIdentity } from "../compose/model/policy/signature-rule.js";
import { loadLate } from "../process/load-late.js";
import { parseExpression } from "../tags/expression.js";
import type { Check } from "./opened.js";

/**
 * A certificate of one of the identities has signed it while it was valid. Nobody is asked: what the root names has to have
 * vouched for it. A root without logs or without certificate logs is one of those who have none.
 */
export function identityCheck({ identities, trustedRoot }: IdentityRule): Check {
  const { Verifier, toSignedEntity } = loadLate("@sigstore/verify") as typeof Sigstore;
  const material = trustIn(trustedRoot);
  const verifier = new Verifier(material, {
    tlogThreshold: Math.min(material.tlogs.length, 1),
    ctlogThreshold: Math.min(material.ctlogs.length, 1),
    // Without a time nobody can tell whether the certificate was valid, and the library would not look.
    timestampThreshold: 1,
  });
  const known = identities.map((one) => ({ issuer: one.issuer, fits: fitting(one) }));
  return ({ bundle, artifact }) => {
    const entity = toSignedEntity(bundle, artifact);
    if (entity.key.$case !== "certificate") throw new Error("it is by a key, and not by an identity");
    const { identity } = verifier.verify(entity);
    const subject = identity?.subjectAlternativeName ?? "";
    const issuer = identity?.extensions?.issuer ?? "";
    if (known.some((one) => one.issuer === issuer && one.fits(subject))) return;
    throw new Error(`it is by ${subject === "" ? "nobody" : subject} of ${issuer === "" ? "no issuer" : issuer}`);
  };
}

/** Why a trusted root cannot be one; undefined: it can. */
export function trustedRootFault(text: string): string | undefined {
  try {
    const { certificateAuthorities, tlogs, timestampAuthorities } = trustIn(text);
    if (certificateAuthorities.length === 0) return "it names no certificate authority";
    if (tlogs.length + timestampAuthorities.length > 0) return undefined;
    return "it names neither a log nor a timestamp authority: nobody could tell when something was signed";
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

function trustIn(text: string): Sigstore.TrustMaterial {
  const { TrustedRoot } = loadLate("@sigstore/protobuf-specs") as typeof Protobuf;
  const { toTrustMaterial } = loadLate("@sigstore/verify") as typeof Sigstore;
  return toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(text)));
}

function fitting({ subject: { kind, text } }: SigningIdentity): (subject: string) => boolean {
  if (kind === "exact") return (subject) => subject === text;
  const expression = parseExpression(text);
  return (subject) => expression.keysOf(subject) !== undefined;
}
