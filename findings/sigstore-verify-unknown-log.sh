#!/bin/sh
# @sigstore/verify 3.1.1: a bundle that a key has signed, and that a log has also taken down (cosign's default), is refused by a verifier
# that asks for no log (`tlogThreshold: 0`) and knows none. Without the entry the same signature is good.
# Expected: what is not asked for is not looked at.
. "$(dirname "$0")/common.sh"
npm_packages @sigstore/verify@3.1.1 @sigstore/bundle@4.0.0

cat >"$work/verify.mjs" <<'JS'
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, Verifier } from "@sigstore/verify";

const signer = generateKeyPairSync("ec", { namedCurve: "P-256" });
const log = generateKeyPairSync("ec", { namedCurve: "P-256" });
const artifact = Buffer.from("hello");
const hash = createHash("sha256").update(artifact).digest();
const signature = sign("sha256", artifact, signer.privateKey).toString("base64");

const spec = {
  data: { hash: { algorithm: "sha256", value: hash.toString("hex") } },
  signature: { content: signature, publicKey: { content: signer.publicKey.export({ type: "spki", format: "pem" }) } },
};
const body = Buffer.from(JSON.stringify({ apiVersion: "0.0.1", kind: "hashedrekord", spec })).toString("base64");
const logId = createHash("sha256").update(log.publicKey.export({ type: "spki", format: "der" })).digest();
const promise = { body, integratedTime: 1_750_000_000, logID: logId.toString("hex"), logIndex: 1 };
const entry = {
  logIndex: "1",
  logId: { keyId: logId.toString("base64") },
  kindVersion: { kind: "hashedrekord", version: "0.0.1" },
  integratedTime: "1750000000",
  inclusionPromise: { signedEntryTimestamp: sign("sha256", Buffer.from(JSON.stringify(promise)), log.privateKey).toString("base64") },
  canonicalizedBody: body,
};

const none = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const publicKey = () => ({ publicKey: signer.publicKey, validFor: () => true });
const verifier = new Verifier({ ...none, publicKey }, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
const known = { ...none, tlogs: [{ baseURL: "https://log.example", logID: logId, publicKey: log.publicKey, validFor: { start: new Date(0), end: new Date(8e15) } }] };
const knowing = new Verifier({ ...known, publicKey }, { tlogThreshold: 1, ctlogThreshold: 0, timestampThreshold: 0 });

function tell(what, by, tlogEntries) {
  const bundle = bundleFromJSON({
    mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
    verificationMaterial: { publicKey: { hint: "" }, tlogEntries, timestampVerificationData: { rfc3161Timestamps: [] } },
    messageSignature: { messageDigest: { algorithm: "SHA2_256", digest: hash.toString("base64") }, signature },
  });
  try {
    by.verify(toSignedEntity(bundle, artifact));
    console.log(`${what}: good`);
  } catch (error) {
    console.log(`${what}: refused, ${error.code}: ${error.message}`);
  }
}

tell("without an entry", verifier, []);
tell("with one, by who knows the log", knowing, [entry]);
tell("with one, by who asks for none", verifier, [entry]);
JS
told=$(cd "$work" && node verify.mjs)
echo "$told"
expect "without an entry: good" "$told"
expect "with one, by who knows the log: good" "$told"
expect "with one, by who asks for none: refused, TLOG_INCLUSION_PROMISE_ERROR" "$told"
