import { createHash } from "node:crypto";
import type { Bundle } from "@sigstore/bundle";
import type * as Bundles from "@sigstore/bundle";
import { z } from "zod";
import { loadLate } from "../process/load-late.js";
import type { Claim } from "./claim.js";
import type { SignatureMaterial } from "./material.js";

/** A material that could be read. */
export interface Opened {
  readonly claim: Claim;
  readonly bundle: Bundle;
  /** What the signature is of, where the bundle does not hold it. */
  readonly artifact?: Buffer;
}

/** Throws where its verification fails. */
export type Check = (opened: Opened) => void;

const prefix = "dev.sigstore.cosign";
const longestText = 262_144;

/** Throws where it is no material at all. */
export function openMaterial(material: SignatureMaterial): Opened {
  return material.kind === "bundle" ? openBundle(material.text) : openSimple(material);
}

function openBundle(text: string): Opened {
  if (text.length > longestText) throw new Error("its bundle is larger than 256 KiB");
  const bundle = read(JSON.parse(text));
  if (bundle.content.$case !== "dsseEnvelope") throw new Error("its bundle holds no statement");
  const { payload, payloadType } = bundle.content.dsseEnvelope;
  if (payloadType !== "application/vnd.in-toto+json") throw new Error(`its bundle holds ${payloadType}`);
  return { bundle, claim: { kind: "statement", text: payload.toString("utf8") } };
}

function openSimple({ payload, annotations }: Extract<SignatureMaterial, { readonly kind: "simple" }>): Opened {
  const signature = annotations["dev.cosignproject.cosign/signature"];
  if (signature === undefined) throw new Error("it has no signature in its annotations");
  const digest = createHash("sha256").update(payload).digest("base64");
  const certificate = annotations[`${prefix}/certificate`];
  const bundle = read({
    mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
    verificationMaterial: {
      ...(certificate === undefined
        ? { publicKey: { hint: "" } }
        : { x509CertificateChain: { certificates: [{ rawBytes: bodyOf(certificate) }] } }),
      tlogEntries: logEntries(annotations[`${prefix}/bundle`]),
      timestampVerificationData: timestamps(annotations[`${prefix}/rfc3161timestamp`]),
    },
    messageSignature: { messageDigest: { algorithm: "SHA2_256", digest }, signature },
  });
  return { bundle, artifact: payload, claim: { kind: "payload", text: payload.toString("utf8") } };
}

function read(value: unknown): Bundle {
  const { bundleFromJSON } = loadLate("@sigstore/bundle") as typeof Bundles;
  return bundleFromJSON(value);
}

function bodyOf(pem: string): string {
  return pem.replace(/-----(BEGIN|END) CERTIFICATE-----|\s/g, "");
}

const logEntry = z.object({
  SignedEntryTimestamp: z.string(),
  Payload: z.object({ body: z.string(), integratedTime: z.int(), logIndex: z.int(), logID: z.string() }),
});

const logged = z.object({ kind: z.string(), apiVersion: z.string() });

/** What Rekor had answered, as cosign kept it. */
function logEntries(text: string | undefined): readonly unknown[] {
  if (text === undefined) return [];
  const { SignedEntryTimestamp: signedEntryTimestamp, Payload: entry } = logEntry.parse(JSON.parse(text));
  const { kind, apiVersion: version } = logged.parse(JSON.parse(Buffer.from(entry.body, "base64").toString("utf8")));
  return [
    {
      logIndex: String(entry.logIndex),
      logId: { keyId: Buffer.from(entry.logID, "hex").toString("base64") },
      kindVersion: { kind, version },
      integratedTime: String(entry.integratedTime),
      inclusionPromise: { signedEntryTimestamp },
      canonicalizedBody: entry.body,
    },
  ];
}

function timestamps(text: string | undefined): object {
  if (text === undefined) return { rfc3161Timestamps: [] };
  const { SignedRFC3161Timestamp: signedTimestamp } = z
    .object({ SignedRFC3161Timestamp: z.string() })
    .parse(JSON.parse(text));
  return { rfc3161Timestamps: [{ signedTimestamp }] };
}
