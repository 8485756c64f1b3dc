import { randomUUID, timingSafeEqual } from "node:crypto";
import type { Request } from "express";
import type { Secret } from "../../tools/secret.js";
import { standardHmac } from "../../tools/standard-webhook.js";
import { headerOf } from "./header.js";
import type { Signature } from "./sender.js";
import { isTimely } from "./timely.js";

/** Signed as Standard Webhooks has it: HMAC-SHA256 over id, timestamp and body, in base64, several while a key is replaced. */
export const standardSignature: Signature = {
  isMeant: (req) => req.headers["webhook-signature"] !== undefined,
  isOffered: (req, now) => isTimely(headerOf(req, "webhook-timestamp"), now) && signaturesIn(req).length > 0,
  fits: (req, body, secrets) => secrets.reduce((found, secret) => isSigned(req, body, secret) || found, false),
  sign: (body, secret, now) => {
    const [id, timestamp] = [`msg_${randomUUID()}`, String(Math.floor(now / 1_000))];
    const signature = standardHmac(secret, { id, timestamp, body }).toString("base64");
    return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
  },
};

function signaturesIn(req: Request): readonly Buffer[] {
  return (headerOf(req, "webhook-signature") ?? "")
    .split(" ")
    .flatMap((one) => {
      const [, text] = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(one) ?? [];
      return text === undefined ? [] : [Buffer.from(text, "base64")];
    })
    .slice(0, 8);
}

function isSigned(req: Request, body: Uint8Array, secret: Secret): boolean {
  const [id = "", timestamp = ""] = [headerOf(req, "webhook-id"), headerOf(req, "webhook-timestamp")];
  const expected = standardHmac(secret, { id, timestamp, body });
  return signaturesIn(req).reduce((found, signature) => timingSafeEqual(expected, signature) || found, false);
}
