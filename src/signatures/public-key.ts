import { createPublicKey, type KeyObject } from "node:crypto";

interface KeyFault {
  readonly message: string;
  readonly hint: string;
}

const longestKey = 16_384;
const signing = new Set(["ec", "ed25519", "rsa"]);
const made = "write what `cosign generate-key-pair` calls cosign.pub";

/** What is wrong with a public key for signatures, as PEM has it; undefined: nothing. */
export function publicKeyFault(pem: string): KeyFault | undefined {
  if (pem.length > longestKey) return { message: "it is longer than 16 KiB: no public key is", hint: made };
  if (/-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/.test(pem)) {
    const hint = `${made}, and make a new pair if others could read this file: it is with the private key that images are signed`;
    return { message: "it is a private key, and to check signatures takes the public one", hint };
  }
  const blocks = pem.match(/-----BEGIN [A-Z ]+-----/g) ?? [];
  if (blocks.length > 1)
    return { message: "it holds several keys", hint: "list each key by itself: one of them is enough" };
  if (blocks[0] === "-----BEGIN CERTIFICATE-----") {
    return { message: "it is a certificate", hint: "write its public key: openssl x509 -pubkey -noout -in FILE" };
  }
  const key = parsed(pem);
  if (key === undefined) return { message: "it is no public key in PEM", hint: made };
  const { asymmetricKeyType = "unknown" } = key;
  if (signing.has(asymmetricKeyType)) return undefined;
  return { message: `it is a key of the kind ${asymmetricKeyType}, which cosign signs nothing with`, hint: made };
}

function parsed(pem: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: pem, format: "pem" });
  } catch {
    return undefined;
  }
}
