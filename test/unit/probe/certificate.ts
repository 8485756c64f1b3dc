import { generateKeyPairSync, sign } from "node:crypto";

const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ecdsaWithSha256 = der(0x30, Buffer.from("06082a8648ce3d040302", "hex"));
const commonName = Buffer.from("0603550403", "hex");

/** A key and a certificate that nobody has reason to trust: signed by itself, for another name, and of yesteryear. */
export const certificate = {
  key: keys.privateKey.export({ type: "pkcs8", format: "pem" }),
  cert: pem(signed(body("nobody.example"))),
};

function body(name: string): Buffer {
  const subject = der(0x30, der(0x31, der(0x30, commonName, der(0x0c, Buffer.from(name)))));
  const time = (text: string) => der(0x17, Buffer.from(text));
  return der(
    0x30,
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    subject,
    der(0x30, time("200101000000Z"), time("210101000000Z")),
    subject,
    keys.publicKey.export({ type: "spki", format: "der" }),
  );
}

function signed(content: Buffer): Buffer {
  const signature = sign("sha256", content, keys.privateKey);
  return der(0x30, content, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

/** One element of ASN.1's distinguished encoding. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}
