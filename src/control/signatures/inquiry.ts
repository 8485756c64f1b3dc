import { describeRule } from "../../compose/model/policy/signature-rule.js";
import type { SignatureRule } from "../../compose/model/policy/signature-rule.js";
import { pinnedImage } from "../../compose/values/image.js";
import type { Digest, ImageReference } from "../../compose/values/image.js";
import { asFairleadError } from "../../errors.js";
import type { SignatureFault, SignatureVerdict } from "../../plan/model/signatures.js";
import type { SignatureJudge } from "../../signatures/judge.js";
import type { Platform, Registry } from "../ports/registry.js";

export type AskedRegistry = Pick<Registry, "signatures" | "parts">;

export interface Question {
  readonly image: ImageReference;
  readonly digest: Digest;
  readonly rule: SignatureRule;
  readonly judge: SignatureJudge;
}

export interface Verdict {
  readonly verdict: SignatureVerdict;
  /** The other side's own wish, or how long a bad answer is kept. */
  readonly retryAfterMs: number;
}

export const good: Verdict = { verdict: { verified: true }, retryAfterMs: 0 };

/** Asks a registry, whatever is known by now. Never throws. */
export async function inquire(
  registry: AskedRegistry,
  { image, digest, rule, judge }: Question,
  platform: () => Promise<Platform>,
): Promise<Verdict> {
  const reference = pinnedImage(image, digest);
  try {
    const found = await search(registry, image, digest, judge);
    if (found.isGood) return good;
    const parts = await registry.parts(image, digest, await platform());
    const ofParts = await allSigned(registry, image, parts, judge);
    if (ofParts === "signed") return good;
    return { verdict: refusal(reference, rule, [found, ...ofParts]), retryAfterMs: 0 };
  } catch (thrown) {
    const error = asFairleadError(thrown);
    if (error.code === "ImageNotFound") return { verdict: gone(reference, rule), retryAfterMs: 0 };
    const message = `it cannot be checked whether ${reference} is signed: ${error.message}${hint(error.remedy)}`;
    const verdict = { verified: false, reason: "SignatureUnavailable", message } as const;
    return { verdict, retryAfterMs: error.retryAfterMs ?? 0 };
  }
}

interface Search {
  readonly isGood: boolean;
  readonly more: boolean;
  readonly faults: readonly string[];
}

async function search(
  registry: AskedRegistry,
  image: ImageReference,
  digest: Digest,
  judge: SignatureJudge,
): Promise<Search> {
  const faults: string[] = [];
  const state = { isGood: false };
  const { more } = await registry.signatures(image, digest, (material) => {
    const fault = judge(material, digest);
    if (fault !== undefined) faults.push(fault);
    state.isGood = fault === undefined;
    return state.isGood;
  });
  return { isGood: state.isGood, more, faults };
}

/**
 * Where the index itself is not signed, every image in it that this host could take has to be: which of them the engine
 * prefers is the engine's own affair, and whoever pushes an index chooses what it offers.
 */
async function allSigned(
  registry: AskedRegistry,
  image: ImageReference,
  parts: readonly Digest[],
  judge: SignatureJudge,
): Promise<"signed" | readonly Search[]> {
  if (parts.length === 0 || parts.length > mostParts) return [];
  for (const part of parts) {
    const found = await search(registry, image, part, judge);
    if (!found.isGood) return [found];
  }
  return "signed";
}

/** No image has so many variants of one platform. */
const mostParts = 20;

function refusal(reference: string, rule: SignatureRule, searches: readonly Search[]): SignatureFault {
  const faults = searches.flatMap((one) => one.faults);
  const needed = `it has to be signed by ${describeRule(rule)}`;
  const more = searches.some((one) => one.more) ? "; it has more signatures than are looked at: remove old ones" : "";
  const again = "Fairlead looks again by itself, and at once on a webhook or `fairlead reconcile`";
  if (faults.length === 0) {
    const message = `${reference} is not signed: its registry has no signature of it, and ${needed} (sign it with \`cosign sign\`; ${again})${more}`;
    return { verified: false, reason: "SignatureMissing", message };
  }
  const why = [...new Set(faults)].slice(0, 3).join("; ");
  const count = faults.length === 1 ? "the signature" : `none of the ${faults.length} signatures`;
  const message = `${reference}: ${count} beside it is ${faults.length === 1 ? "not good" : "good"}: ${why}; ${needed} (sign it with that, or correct \`verify\`; ${again})${more}`;
  return { verified: false, reason: "SignatureInvalid", message };
}

/** A digest that the registry has no more, or never had: an image that was built or loaded here. */
function gone(reference: string, rule: SignatureRule): SignatureFault {
  const message = `${reference} is not in its registry, and so nothing shows that it is signed by ${describeRule(rule)} (push and sign it)`;
  return { verified: false, reason: "SignatureMissing", message };
}

function hint(remedy: string | undefined): string {
  return remedy === undefined ? "" : ` (${remedy})`;
}
