/*
 * Whether an image is signed by those who have to have signed it: pure, from what a registry holds beside it. How that is
 * found there, and when it is asked for, does not live here. The cryptography is Sigstore's own.
 */

import type { Digest } from "../compose/values/image.js";
import type { SignatureRule } from "../compose/model/policy/signature-rule.js";
import { claimFault } from "./claim.js";
import { identityCheck } from "./identity-check.js";
import { keyCheck } from "./key-check.js";
import type { SignatureMaterial } from "./material.js";
import { openMaterial } from "./opened.js";

/** Why this is no signature of that image by those; undefined: it is one. */
export type SignatureJudge = (material: SignatureMaterial, digest: Digest) => string | undefined;

export function judgeFor(rule: SignatureRule): SignatureJudge {
  const check = rule.kind === "keys" ? keyCheck(rule) : identityCheck(rule);
  return (material, digest) => {
    try {
      const opened = openMaterial(material);
      const fault = claimFault(opened.claim, digest);
      if (fault !== undefined) return fault;
      check(opened);
      return undefined;
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : String(thrown);
    }
  };
}
