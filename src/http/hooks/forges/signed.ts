/*
 * Forges live here, one file for each: what tells us that a repository has news. What a delivery claims of it is not read.
 */

import { createHmac, timingSafeEqual } from "node:crypto";
import type { Request } from "express";
import type { Secret } from "../../../tools/secret.js";
import type { Signature } from "../../delivery/sender.js";

/** A header with the HMAC-SHA256 of the body in hexadecimal digits, after `prefix`. `bytesOf` is what was signed of the body. */
export function signedBy(
  headers: readonly string[],
  prefix: string,
  bytesOf: (body: Uint8Array, req: Request) => Uint8Array = (body) => body,
): Signature {
  return {
    isMeant: (req) => headers.some((name) => req.headers[name] !== undefined),
    isOffered: (req) => signatureIn(req, headers, prefix) !== undefined,
    fits: (req, body, secrets) => {
      const signature = signatureIn(req, headers, prefix);
      if (signature === undefined) return false;
      const signed = bytesOf(body, req);
      return secrets.reduce((found, secret) => timingSafeEqual(hmacOf(secret, signed), signature) || found, false);
    },
  };
}

/** Of the first of the headers that is there; a repeated one offers nothing. */
function signatureIn(req: Request, headers: readonly string[], prefix: string): Buffer | undefined {
  const name = headers.find((one) => req.headers[one] !== undefined);
  const [value = "", ...more] = name === undefined ? [] : (req.headersDistinct[name] ?? []);
  if (more.length > 0 || !value.startsWith(prefix)) return undefined;
  const digits = value.slice(prefix.length);
  return /^[0-9a-f]{64}$/i.test(digits) ? Buffer.from(digits, "hex") : undefined;
}

function hmacOf(secret: Secret, body: Uint8Array): Buffer {
  return createHmac("sha256", secret.reveal()).update(body).digest();
}
