import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FairleadError } from "../../../../src/errors.js";
import { invalidity, pairOf, type Pair } from "../../../../src/http/tls/pair.js";
import { dayMs, encrypted, make } from "./certificates.js";

const [one, other] = [make(), make()];

function pair(cert: string, key: string): Pair {
  return pairOf({ name: "tls.cert: /c.pem", text: cert }, { name: "tls.key: /k.pem", text: key });
}

function refusal(cert: string, key: string): FairleadError {
  try {
    pair(cert, key);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(FairleadError);
    return thrown as FairleadError;
  }
  return expect.fail("it was taken");
}

const der = (pem: string) => Buffer.from(pem.split("\n").slice(1, -2).join(""), "base64").toString("latin1");
const curve = (namedCurve: string) =>
  generateKeyPairSync("ec", { namedCurve }).privateKey.export({ type: "sec1", format: "pem" }).toString();
const dsa = generateKeyPairSync("dsa", { modulusLength: 2048, divisorLength: 256 });
const publicKey = dsa.publicKey.export({ type: "spki", format: "pem" }).toString();

describe("a pair", () => {
  test("is what the two files hold", () => {
    const found = pair(one.cert, one.key);
    expect(found.fingerprint).toBe(new X509Certificate(one.cert).fingerprint256);
    expect(found.fingerprint).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(found.pin).toMatch(/^sha256\/\/[\w+/]{43}=$/);
    expect(found.chain).toBe(one.cert);
  });

  test.each([
    ["the chain above it", `${one.cert}${other.cert}`, one.key],
    [
      "words between the blocks",
      `subject=CN = x\n${one.cert}\nissuer=CN = y\n${other.cert}`,
      `Bag Attributes\n${one.key}`,
    ],
    ["lines that end as on Windows", one.cert.replaceAll("\n", "\r\n"), one.key.replaceAll("\n", "\r\n")],
    [
      "the curve before the key, as `openssl ecparam` writes it",
      one.cert,
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${one.key}`,
    ],
    ["both in one file", `${one.key}${one.cert}`, `${one.key}${one.cert}`],
  ])("may come with %s", (_what, cert, key) => {
    const found = pair(cert, key);
    expect(found.fingerprint).toBe(pair(one.cert, one.key).fingerprint);
    expect(found.chain).not.toContain("PRIVATE KEY");
    expect(found.key.reveal().match(/BEGIN/g)).toHaveLength(1);
  });

  test.each([
    ["an empty certificate", "", one.key, "tls.cert: /c.pem is empty", /PEM/],
    ["an empty key", one.cert, " \n", "tls.key: /k.pem is empty", /PEM/],
    ["a certificate in DER", der(one.cert), one.key, "tls.cert: /c.pem is not PEM", /openssl x509 -inform der/],
    ["a key in DER", one.cert, der(one.key), "tls.key: /k.pem is not PEM", /openssl pkey -inform der/],
    [
      "the two of them swapped",
      one.key,
      one.cert,
      "tls.cert: /c.pem holds a private key and no certificate",
      /swapped/,
    ],
    ["a certificate twice", one.cert, one.cert, "tls.key: /k.pem holds a certificate and no private key", /swapped/],
    ["a public key", one.cert, publicKey, "tls.key: /k.pem holds no private key, but public key", /private key/],
    [
      "a request",
      one.cert.replaceAll("CERTIFICATE", "CERTIFICATE REQUEST"),
      one.key,
      "tls.cert: /c.pem holds no certificate, but certificate request",
      /authority/,
    ],
    [
      "a key with a passphrase",
      one.cert,
      encrypted(one, "pkcs8"),
      "the private key in tls.key: /k.pem is encrypted",
      /openssl pkey/,
    ],
    ["one of old", one.cert, encrypted(one, "sec1"), "the private key in tls.key: /k.pem is encrypted", /openssl pkey/],
    [
      "another's key",
      one.cert,
      other.key,
      "the private key in tls.key: /k.pem does not belong to the certificate in tls.cert: /c.pem",
      /made together/,
    ],
    [
      "a chain that begins above",
      `${other.cert}${one.cert}`,
      one.key,
      "tls.cert: /c.pem is in the wrong order: the certificate of the key in tls.key: /k.pem is number 2 in it",
      /own certificate first/,
    ],
    [
      "a certificate that is none",
      one.cert.replace(/MII/, "AAA"),
      one.key,
      "tls.cert: /c.pem: certificate 1 in it cannot be read",
      /anew/,
    ],
    [
      "one above it that is none",
      `${one.cert}${other.cert.replace(/MII/, "AAA")}`,
      one.key,
      "tls.cert: /c.pem: certificate 2 in it cannot be read",
      /anew/,
    ],
    [
      "a key that is none",
      one.cert,
      one.key.replace(/M\w{9}/, "AAAAAAAAAA"),
      "the private key in tls.key: /k.pem cannot be read",
      /PEM/,
    ],
    [
      "a key of another curve",
      one.cert,
      curve("secp384r1"),
      "the private key in tls.key: /k.pem does not belong to the certificate in tls.cert: /c.pem",
      /together/,
    ],
    [
      "a DSA key",
      one.cert,
      dsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      "the private key in tls.key: /k.pem is of the kind dsa",
      /ECDSA/,
    ],
  ])("is refused with %s", (_what, cert, key, message, remedy) => {
    const { message: found, remedy: said } = refusal(cert, key);
    expect(found).toBe(message);
    expect(said).toMatch(remedy);
  });

  test("is whole or not at all, wherever its files are cut off", () => {
    const chain = `${one.cert}${other.cert}`;
    fc.assert(
      fc.property(fc.nat(chain.length), fc.nat(one.key.length), (certLength, keyLength) => {
        const cut = [chain.slice(0, certLength), one.key.slice(0, keyLength)] as const;
        const isWhole = (length: number, text: string) => text.slice(length).trim() === "";
        // A chain that ends between two certificates cannot be told from a whole one.
        const ends = certLength >= one.cert.trimEnd().length && certLength <= one.cert.length;
        if ((isWhole(certLength, chain) || ends) && isWhole(keyLength, one.key)) expect(pair(...cut).pin).toBeDefined();
        else refusal(...cut);
      }),
      { numRuns: 1000 },
    );
  });

  test("shows its key to nobody, nor does a refusal", () => {
    const middle = one.key.split("\n")[1]!;
    const found = pair(one.cert, one.key);
    expect(`${JSON.stringify(found)}${inspect(found, { depth: 9, showHidden: true })}`).not.toContain(middle);
    const bad = [one.key.replace("EY-----", "EX-----"), one.key.slice(0, 100), one.key.replace(/M\w{9}/, "AAAAAAAAAA")];
    for (const key of bad) {
      expect(inspect(refusal(one.cert, key), { depth: 9, showHidden: true })).not.toContain(middle.slice(20, 40));
      expect(inspect(refusal(key, key), { depth: 9, showHidden: true })).not.toContain(middle.slice(20, 40));
    }
  });
});

test("a pair is valid in its time", () => {
  const found = pair(one.cert, one.key);
  expect(invalidity(found, Date.now())).toBeUndefined();
  expect(invalidity(found, Date.now() - 2 * dayMs)).toMatch(
    /^the certificate is not valid yet: it will be from 20\d\d-/,
  );
  expect(invalidity(found, Date.now() + 366 * dayMs)).toMatch(
    /^the certificate has expired: it was valid until 20\d\d-/,
  );
});
