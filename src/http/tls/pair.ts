import { createHash, createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { createSecureContext } from "node:tls";
import { FairleadError } from "../../errors.js";
import { Secret } from "../../tools/secret.js";
import { contextOf, type Credentials } from "../web/secure.js";

/** A certificate and the key that it is for. */
export interface Pair extends Credentials {
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256 of the certificate, as OpenSSL prints it: `AB:CD:…`. */
  readonly fingerprint: string;
  /** SHA-256 of the public key, as curl's `--pinnedpubkey` takes it: `sha256//…`. */
  readonly pin: string;
}

/** A file's content, and how messages name it. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

interface Block {
  readonly label: string;
  readonly text: string;
}

/** Throws FairleadError ConfigInvalid where they are not whole, or do not belong together. */
export function pairOf(cert: NamedText, key: NamedText): Pair {
  const chain = certificatesIn(cert);
  const [privateKey, keyText] = keyIn(key);
  const [own] = chain;
  assertFits(chain, privateKey, { cert, key });
  const credentials = { chain: chain.map((one) => one.toString()).join(""), key: keyText };
  assertUsable(credentials, cert.name);
  return {
    ...credentials,
    ...{ notBefore: Date.parse(own.validFrom), notAfter: Date.parse(own.validTo), fingerprint: own.fingerprint256 },
    pin: pinOf(own),
  };
}

/** Undefined: it is valid at that time. Else how it is not, in words. */
export function invalidity({ notBefore, notAfter }: Pair, now: number): string | undefined {
  if (now > notAfter) return `the certificate has expired: it was valid until ${new Date(notAfter).toISOString()}`;
  if (now < notBefore)
    return `the certificate is not valid yet: it will be from ${new Date(notBefore).toISOString()} on`;
  return undefined;
}

function certificatesIn({ name, text }: NamedText): readonly [X509Certificate, ...X509Certificate[]] {
  const blocks = blocksIn(name, text);
  const [first, ...others] = blocks.filter(({ label }) => label === "CERTIFICATE");
  if (first === undefined) {
    const labels = blocks.map(({ label }) => label);
    if (labels.some((label) => label.endsWith("PRIVATE KEY")))
      throw wrong(`${name} holds a private key and no certificate`, swapped);
    const remedy = "write the certificate that the authority has made into it, in PEM";
    throw wrong(`${name} holds no certificate, but ${labels.join(", ").toLowerCase()}`, remedy);
  }
  const read = ({ text: block }: Block, index: number) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw wrong(`${name}: certificate ${index + 1} in it cannot be read`, "copy it anew from where it was made");
    }
  };
  return [read(first, 0), ...others.map((block, index) => read(block, index + 1))];
}

const swapped = "cert and key may be swapped: cert names the file with the certificate, key that with its private key";

function keyIn({ name, text }: NamedText): readonly [KeyObject, Secret] {
  const blocks = blocksIn(name, text);
  const block = blocks.find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (block === undefined) {
    const labels = blocks.map(({ label }) => label);
    if (labels.includes("CERTIFICATE")) throw wrong(`${name} holds a certificate and no private key`, swapped);
    throw wrong(
      `${name} holds no private key, but ${labels.join(", ").toLowerCase()}`,
      "name the file with the private key",
    );
  }
  if (block.label === "ENCRYPTED PRIVATE KEY" || block.text.includes("Proc-Type: 4,ENCRYPTED")) {
    const remedy = "take its passphrase away: (umask 077; openssl pkey -in KEY -out KEY.plain), and name that file";
    throw wrong(`the private key in ${name} is encrypted`, remedy);
  }
  try {
    return [createPrivateKey(block.text), new Secret(block.text)];
  } catch {
    throw wrong(
      `the private key in ${name} cannot be read`,
      "it is damaged or of another kind: write an RSA or ECDSA key in PEM, as `openssl pkey` prints it",
    );
  }
}

const kinds = ["rsa", "ec", "ed25519"];

function assertFits(
  chain: readonly [X509Certificate, ...X509Certificate[]],
  privateKey: KeyObject,
  { cert, key }: { readonly cert: NamedText; readonly key: NamedText },
): void {
  const kind = privateKey.asymmetricKeyType ?? "unknown";
  if (!kinds.includes(kind)) {
    throw wrong(
      `the private key in ${key.name} is of the kind ${kind}`,
      "ask for a certificate with an ECDSA or RSA key",
    );
  }
  const fitting = chain.findIndex((one) => one.checkPrivateKey(privateKey));
  if (fitting === 0) return;
  if (fitting > 0) {
    throw wrong(
      `${cert.name} is in the wrong order: the certificate of the key in ${key.name} is number ${fitting + 1} in it`,
      "write the server's own certificate first, and then those between it and its authority",
    );
  }
  throw wrong(
    `the private key in ${key.name} does not belong to the certificate in ${cert.name}`,
    "name the two files that were made together",
  );
}

/** What OpenSSL itself has against it, such as a key that is too short. */
function assertUsable(credentials: Credentials, name: string): void {
  try {
    createSecureContext(contextOf(credentials));
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown error";
    throw wrong(
      `${name} and its key cannot be used for TLS (${code})`,
      "ask for a certificate with an ECDSA P-256 or RSA 2048 key",
    );
  }
}

function pinOf(certificate: X509Certificate): string {
  const key = certificate.publicKey.export({ type: "spki", format: "der" });
  return `sha256//${createHash("sha256").update(key).digest("base64")}`;
}

const begun = /(?:^|\n)-(?:----BEGIN |[^\n]*$)/;
const whole = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** At least one. What stands between blocks is of no account, as to OpenSSL. */
function blocksIn(name: string, text: string): readonly [Block, ...Block[]] {
  if (text.trim() === "") throw wrong(`${name} is empty`, "write a certificate or a key into it, in PEM");
  const [first, ...others] = [...text.matchAll(whole)].map(([block, label = ""]) => ({ label, text: `${block}\n` }));
  if (begun.test(text.replace(whole, ""))) {
    throw wrong(`${name} is cut off: a block in it has no end`, "copy it anew from where it was made");
  }
  if (first === undefined) {
    const remedy =
      "write it in PEM: openssl x509 -inform der, openssl pkey -inform der, or openssl pkcs12 -nodes make that of it";
    throw wrong(`${name} is not PEM`, remedy);
  }
  return [first, ...others];
}

function wrong(message: string, remedy: string): FairleadError {
  return new FairleadError("ConfigInvalid", message, { remedy, retry: "never" });
}
