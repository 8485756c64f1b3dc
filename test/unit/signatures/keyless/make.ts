/*
 * Makes the files beside it: an authority, a log, and signatures without a key of one's own as Fulcio's certificates and Rekor's
 * entries make them, for the image `bundle` of `by-cosign`. Nobody is asked, and the keys are thrown away.
 * usage: npx tsx test/unit/signatures/keyless/make.ts
 */
import { execFileSync } from "node:child_process";
import { createHash, createPrivateKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { imageNamed } from "../by-cosign/stored.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "keyless-"));
const subject = "https://forge.example/acme/web/release.yml@refs/heads/main";
const issuer = "https://forge.example";
const openssl = (...args: string[]) =>
  execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
const day = 86_400;

function authority(name: string): void {
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", `${name}.key`);
  const about = [
    "-subj",
    `/O=test/CN=${name}`,
    "-addext",
    "basicConstraints=critical,CA:TRUE",
    "-addext",
    "keyUsage=critical,keyCertSign",
  ];
  openssl("req", "-x509", "-new", "-key", `${name}.key`, "-days", "3650", "-out", `${name}.pem`, ...about);
}

/** Of one day, as Fulcio's are of ten minutes. */
function certificate(by: string): { readonly key: KeyObject; readonly pem: string } {
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "leaf.key");
  openssl("req", "-new", "-key", "leaf.key", "-subj", "/", "-out", "leaf.csr");
  writeFileSync(
    join(folder, "leaf.ext"),
    [
      "keyUsage=critical,digitalSignature",
      "extendedKeyUsage=codeSigning",
      "authorityKeyIdentifier=keyid",
      `subjectAltName=critical,URI:${subject}`,
      `1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:${issuer}`,
    ].join("\n"),
  );
  const from = ["-CA", `${by}.pem`, "-CAkey", `${by}.key`, "-CAcreateserial", "-days", "1", "-extfile", "leaf.ext"];
  openssl("x509", "-req", "-in", "leaf.csr", "-out", "leaf.pem", ...from);
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  return { key: createPrivateKey(read("leaf.key")), pem: read("leaf.pem") };
}

const hash = (data: Buffer) => createHash("sha256").update(data).digest();
const bodyOf = (pem: string) => pem.replace(/-----(BEGIN|END) CERTIFICATE-----|\s/g, "");

const log = generateKeyPairSync("ec", { namedCurve: "P-256" });
const logKey = log.publicKey.export({ type: "spki", format: "der" });
const logId = hash(logKey);
const logName = "log.example";

/** Of a log with this one entry. */
function entryFor(kind: string, spec: object, at: number) {
  const body = Buffer.from(JSON.stringify({ apiVersion: "0.0.1", kind, spec }));
  const promised = { body: body.toString("base64"), integratedTime: at, logID: logId.toString("hex"), logIndex: 0 };
  const set = sign("sha256", Buffer.from(JSON.stringify(promised)), log.privateKey).toString("base64");
  const root = hash(Buffer.concat([Buffer.from([0]), body]));
  const note = `${logName}\n1\n${root.toString("base64")}\n`;
  const noted = Buffer.concat([logId.subarray(0, 4), sign("sha256", Buffer.from(note), log.privateKey)]);
  return {
    promised,
    set,
    listed: {
      logIndex: "0",
      logId: { keyId: logId.toString("base64") },
      kindVersion: { kind, version: "0.0.1" },
      integratedTime: String(at),
      inclusionPromise: { signedEntryTimestamp: set },
      inclusionProof: {
        logIndex: "0",
        rootHash: root.toString("base64"),
        treeSize: "1",
        hashes: [],
        checkpoint: { envelope: `${note}\n\u2014 ${logName} ${noted.toString("base64")}\n` },
      },
      canonicalizedBody: promised.body,
    },
  };
}

function bundle(by: string, at: number): string {
  const { key, pem } = certificate(by);
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ digest: { sha256: imageNamed("bundle").slice("sha256:".length) } }],
    predicateType: "https://sigstore.dev/cosign/sign/v1",
    predicate: {},
  };
  const payload = Buffer.from(JSON.stringify(statement));
  const payloadType = "application/vnd.in-toto+json";
  const encoded = Buffer.concat([
    Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `),
    payload,
  ]);
  const signature = sign("sha256", encoded, key).toString("base64");
  const spec = {
    payloadHash: { algorithm: "sha256", value: hash(payload).toString("hex") },
    signatures: [{ signature, verifier: Buffer.from(pem).toString("base64") }],
  };
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: bodyOf(pem) },
      tlogEntries: [entryFor("dsse", spec, at).listed],
    },
    dsseEnvelope: { payload: payload.toString("base64"), payloadType, signatures: [{ sig: signature }] },
  });
}

/** As cosign wrote it before there were bundles. */
function simple(by: string, at: number) {
  const { key, pem } = certificate(by);
  const critical = {
    identity: { "docker-reference": "" },
    image: { "docker-manifest-digest": imageNamed("bundle") },
    type: "cosign container image signature",
  };
  const payload = JSON.stringify({ critical, optional: null });
  const signature = sign("sha256", Buffer.from(payload), key).toString("base64");
  const value = hash(Buffer.from(payload)).toString("hex");
  const publicKey = { content: Buffer.from(pem).toString("base64") };
  const spec = { data: { hash: { algorithm: "sha256", value } }, signature: { content: signature, publicKey } };
  const { set, promised } = entryFor("hashedrekord", spec, at);
  return {
    payload,
    annotations: {
      "dev.cosignproject.cosign/signature": signature,
      "dev.sigstore.cosign/certificate": pem,
      "dev.sigstore.cosign/bundle": JSON.stringify({ SignedEntryTimestamp: set, Payload: promised }),
    },
  };
}

try {
  authority("authority");
  authority("stranger");
  const now = Math.floor(Date.now() / 1000);
  const validFor = { start: new Date((now - day) * 1000).toISOString() };
  const key = { rawBytes: logKey.toString("base64"), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor };
  const trustedRoot = {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [
      {
        baseUrl: `https://${logName}`,
        hashAlgorithm: "SHA2_256",
        publicKey: key,
        logId: { keyId: logId.toString("base64") },
      },
    ],
    certificateAuthorities: [
      {
        subject: { organization: "test", commonName: "authority" },
        uri: "https://authority.example",
        certChain: { certificates: [{ rawBytes: bodyOf(readFileSync(join(folder, "authority.pem"), "utf8")) }] },
        validFor,
      },
    ],
    ctlogs: [],
    timestampAuthorities: [],
  };
  const made = {
    subject,
    issuer,
    bundles: {
      good: bundle("authority", now + 60),
      expired: bundle("authority", now + 2 * day),
      stranger: bundle("stranger", now + 60),
    },
    simple: simple("authority", now + 60),
  };
  writeFileSync(join(here, "trusted_root.json"), `${JSON.stringify(trustedRoot, undefined, 2)}\n`);
  writeFileSync(join(here, "signatures.json"), `${JSON.stringify(made, undefined, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
