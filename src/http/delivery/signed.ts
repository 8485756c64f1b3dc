import { createHmac, timingSafeEqual } from "node:crypto";
import type { Request } from "express";
import type { Secret } from "../../tools/secret.js";
import type { Signature } from "./sender.js";

export interface SignedOptions {
  /** The headers that may hold it, in lower case: the first that is there counts. */
  readonly headers: readonly [string, ...string[]];
  /** What stands before the hexadecimal digits, such as `sha256=`. */
  readonly prefix?: string;
  /** SHA-1 only where the sender knows nothing else. Default `sha256`. */
  readonly hash?: "sha1" | "sha256";
  /** What was signed of the body. Absent: all of it. */
  readonly bytesOf?: (body: Uint8Array, req: Request) => Uint8Array;
}

/** A header with the HMAC of the body in hexadecimal digits. */
export function signedBy({
  headers,
  prefix = "",
  hash = "sha256",
  bytesOf = (body) => body,
}: SignedOptions): Signature {
  const digits = new RegExp(`^[0-9a-f]{${hash === "sha1" ? 40 : 64}}$`, "i");
  /** A repeated header offers nothing. */
  const signatureIn = (req: Request): Buffer | undefined => {
    const name = headers.find((one) => req.headers[one] !== undefined);
    const [value = "", ...more] = name === undefined ? [] : (req.headersDistinct[name] ?? []);
    if (more.length > 0 || !value.startsWith(prefix)) return undefined;
    const rest = value.slice(prefix.length);
    return digits.test(rest) ? Buffer.from(rest, "hex") : undefined;
  };
  const hmacOf = (secret: Secret, bytes: Uint8Array) => createHmac(hash, secret.reveal()).update(bytes).digest();
  return {
    isMeant: (req) => headers.some((name) => req.headers[name] !== undefined),
    isOffered: (req) => signatureIn(req) !== undefined,
    fits: (req, body, secrets) => {
      const signature = signatureIn(req);
      if (signature === undefined) return false;
      const signed = bytesOf(body, req);
      const isOf = (secret: Secret) => timingSafeEqual(hmacOf(secret, signed), signature);
      return secrets.reduce((found, secret) => isOf(secret) || found, false);
    },
    sign: (body, secret) => ({ [headers[0]]: `${prefix}${hmacOf(secret, body).toString("hex")}` }),
  };
}
