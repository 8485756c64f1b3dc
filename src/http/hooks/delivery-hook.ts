import { createHmac, timingSafeEqual } from "node:crypto";
import type { Request } from "express";
import type { Secret } from "../../tools/secret.js";
import { bearerToken } from "../guard/secret.js";
import { textAt } from "../web/json.js";
import { Refusal } from "../web/refusal.js";
import type { Sender } from "../delivery/sender.js";

/** Either way: the sender's clock may be behind as well as ahead, and an old delivery may not be sent again. */
const toleranceMs = 300_000;

/**
 * As docker-delivery-hook takes them: `/pull` for the newest image, `/build` for a new build, with the container's name.
 * It signs the body and a timestamp, but not the path: whoever overhears a delivery may ask for the other within minutes.
 */
export const deliveryHooks: readonly Sender[] = (["pull", "build"] as const).map((action) => ({
  type: "delivery-hook",
  path: `/hooks/delivery-hook/${action}`,
  secret: bearerToken,
  signature: {
    isMeant: (req) => req.headers["x-signature"] !== undefined,
    isOffered: (req, now) => isTimely(header(req, "x-timestamp"), now) && isHmac(header(req, "x-signature")),
    fits: (req, body, secrets) => secrets.reduce((found, secret) => isSigned(req, body, secret) || found, false),
  },
  read: (body) => {
    const container = textAt(body, "container_name");
    const service = textAt(body, "service");
    if (container === undefined && service === undefined) {
      throw new Refusal(400, "container_name is missing", 'send {"container_name": "project-service-1"}');
    }
    return {
      images: [],
      services: service === undefined ? [] : [service],
      containers: container === undefined ? [] : [container],
      build: action === "build",
    };
  },
}));

function isTimely(timestamp: string, now: number): boolean {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(now - Number(timestamp) * 1_000) <= toleranceMs;
}

function isHmac(signature: string): boolean {
  return /^[0-9a-f]{64}$/i.test(signature);
}

/** Hexadecimal HMAC-SHA256 over the body and, right after it, the timestamp in seconds. */
function isSigned(req: Request, body: Uint8Array, secret: Secret): boolean {
  const expected = createHmac("sha256", secret.reveal()).update(body).update(header(req, "x-timestamp")).digest();
  return timingSafeEqual(expected, Buffer.from(header(req, "x-signature"), "hex"));
}

/** A repeated header offers nothing. */
function header(req: Request, name: string): string {
  const [value = "", ...more] = req.headersDistinct[name] ?? [];
  return more.length === 0 ? value : "";
}
