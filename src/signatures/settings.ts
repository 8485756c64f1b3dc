/*
 * What the settings say of signatures lives here, for all images of this host, and what of it is refused.
 */

import { z } from "zod";
import type { SigningIdentity, SigningKey, SignatureRule } from "../compose/model/policy/signature-rule.js";
import { FairleadError } from "../errors.js";
import { entryKinds } from "../policy/entries.js";
import { parseExpression } from "../tags/expression.js";
import { given } from "../tools/present.js";
import type { SignatureDemand } from "./demand.js";
import { trustedRootFault } from "./identity-check.js";
import { publicKeyFault } from "./public-key.js";

const identity = z
  .strictObject({
    issuer: z.string().min(1).describe("who has asserted it: the URL of an OIDC issuer"),
    subject: z.string().min(1).optional().describe("the whole of it"),
    subjectPattern: z.string().min(1).optional().describe("a regular expression of RE2 that fits the whole of it"),
  })
  .refine(({ subject, subjectPattern }) => (subject === undefined) !== (subjectPattern === undefined), {
    error: "one of subject and subjectPattern is needed",
  });

const cosign = z
  .strictObject({
    keys: z
      .array(z.string().min(1))
      .min(1)
      .max(20)
      .readonly()
      .optional()
      .describe("public keys in PEM, or their files; one that fits is enough"),
    identities: z
      .array(identity)
      .min(1)
      .max(20)
      .readonly()
      .optional()
      .describe("of keyless signatures; one that fits is enough"),
    trustedRootFile: z
      .string()
      .min(1)
      .optional()
      .describe("the `trusted_root.json` whom `identities` are believed from"),
  })
  .refine(({ keys, identities }) => (keys === undefined) !== (identities === undefined), {
    error: "one of keys and identities is needed",
  })
  .refine(({ identities, trustedRootFile }) => (identities === undefined) === (trustedRootFile === undefined), {
    error: "identities and trustedRootFile belong together",
  });

const demand = z
  .strictObject({
    images: z
      .array(z.string().refine((text) => entryKinds.images.isRight(text), { error: entryKinds.images.remedy }))
      .min(1)
      .readonly()
      .optional()
      .describe("registries (`ghcr.io`), folders (`ghcr.io/acme/*`) and repositories (`nginx`) (all that are left)"),
    cosign: cosign.optional().describe("by whom they have to be signed"),
    unsigned: z.literal(true).optional().describe("`true`: they need no signature"),
  })
  .refine((one) => (one.cosign === undefined) !== (one.unsigned === undefined), {
    error: "one of cosign and unsigned is needed",
  });

const demands = z.array(demand).readonly();

export type WrittenDemands = z.infer<typeof demands>;

/** The `signatures:` key of the settings file. The descriptions are the documentation's. */
export const signaturesSchema: z.ZodType<WrittenDemands> = demands;

/** `place`: where a key of it stands. `read` gives a file's text, and throws where there is none. Throws FairleadError ConfigInvalid. */
export function demandsOf(
  written: WrittenDemands,
  place: (key: string) => string,
  read: (path: string) => string,
): readonly SignatureDemand[] {
  return written.map(({ images, cosign: asked }, index) => {
    const at = (key: string) => place(`${index}.cosign.${key}`);
    return given({ images, rule: asked === undefined ? undefined : ruleOf(asked, at, read) });
  });
}

function ruleOf(
  { keys, identities = [], trustedRootFile = "" }: z.infer<typeof cosign>,
  place: (key: string) => string,
  read: (path: string) => string,
): SignatureRule {
  const textOf = (path: string, key: string) => {
    try {
      return read(path);
    } catch (thrown) {
      throw refused(
        place(key),
        thrown instanceof Error ? thrown.message : String(thrown),
        "name a file that Fairlead can read",
      );
    }
  };
  if (keys !== undefined) return { kind: "keys", keys: keys.map((text, index) => keyOf(text, `keys.${index}`)) };
  const trustedRoot = textOf(trustedRootFile, "trustedRootFile");
  const fault = trustedRootFault(trustedRoot);
  if (fault !== undefined) {
    const remedy = "name the file of `cosign trusted-root create`, or Sigstore's trusted_root.json";
    throw refused(place("trustedRootFile"), `it is no trusted root: ${fault}`, remedy);
  }
  return {
    kind: "identities",
    trustedRoot,
    identities: identities.map((one, index) => identityOf(one, `identities.${index}`)),
  };

  function keyOf(text: string, key: string): SigningKey {
    const isInline = text.includes("-----BEGIN ");
    const pem = isInline ? text : textOf(text, key);
    const wrong = publicKeyFault(pem);
    if (wrong !== undefined) throw refused(place(key), wrong.message, wrong.hint);
    return { name: isInline ? `${key} of the settings` : text, pem };
  }

  function identityOf(
    { issuer, subject, subjectPattern = "" }: z.infer<typeof identity>,
    key: string,
  ): SigningIdentity {
    if (subject !== undefined) return { issuer, subject: { kind: "exact", text: subject } };
    try {
      parseExpression(subjectPattern);
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      throw refused(place(`${key}.subjectPattern`), message, "write one of RE2");
    }
    return { issuer, subject: { kind: "pattern", text: subjectPattern } };
  }
}

function refused(place: string, message: string, remedy: string): FairleadError {
  return new FairleadError("ConfigInvalid", `${place}: ${message}`, { remedy });
}
