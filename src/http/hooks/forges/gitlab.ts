import { createHmac, timingSafeEqual } from "node:crypto";
import type { Request } from "express";
import type { Secret } from "../../../tools/secret.js";
import { textAt } from "../../web/json.js";
import type { Sender } from "../../delivery/sender.js";
import { headerOf, nothing, pushed } from "./delivery.js";

/** Either way: the sender's clock may be behind as well as ahead. */
const toleranceMs = 300_000;
const urlKeys = ["git_http_url", "git_ssh_url", "http_url", "ssh_url", "web_url"] as const;

/**
 * GitLab shows a token, or signs as Standard Webhooks does it. Where there is a signature the token does not count: whoever
 * has overheard it cannot leave the signature out and fall back on it.
 */
export const gitlab: Sender = {
  type: "gitlab",
  secret: (req) => (req.headers["webhook-signature"] === undefined ? headerOf(req, "x-gitlab-token") : undefined),
  signature: {
    isMeant: (req) => req.headers["webhook-signature"] !== undefined,
    isOffered: (req, now) => isTimely(headerOf(req, "webhook-timestamp"), now) && signaturesIn(req).length > 0,
    fits: (req, body, secrets) => secrets.reduce((found, secret) => isSigned(req, body, secret) || found, false),
  },
  read: (body) => {
    const kind = textAt(body, "object_kind") ?? textAt(body, "event_name") ?? "push";
    if (!["push", "tag_push", "repository_update"].includes(kind)) return nothing("only pushes count");
    const ref = textAt(body, "ref");
    const urls = [
      ...urlKeys.map((key) => textAt(body, "project", key)),
      ...["git_http_url", "git_ssh_url", "homepage"].map((key) => textAt(body, "repository", key)),
    ];
    return pushed(urls, ref === undefined ? [] : [ref]);
  },
};

function isTimely(timestamp: string | undefined, now: number): boolean {
  return (
    timestamp !== undefined && /^\d{1,12}$/.test(timestamp) && Math.abs(now - Number(timestamp) * 1_000) <= toleranceMs
  );
}

/** Several while a key is being replaced. */
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
  const expected = createHmac("sha256", keyOf(secret))
    .update(`${headerOf(req, "webhook-id") ?? ""}.${headerOf(req, "webhook-timestamp") ?? ""}.`)
    .update(body)
    .digest();
  return signaturesIn(req).reduce((found, signature) => timingSafeEqual(expected, signature) || found, false);
}

/** `whsec_` stands before a key in base64. */
function keyOf(secret: Secret): Buffer {
  const text = secret.reveal();
  return text.startsWith("whsec_") ? Buffer.from(text.slice("whsec_".length), "base64") : Buffer.from(text, "utf8");
}
