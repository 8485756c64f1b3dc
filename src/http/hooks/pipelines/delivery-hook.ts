import { createHmac, timingSafeEqual } from "node:crypto";
import type { Request } from "express";
import type { Secret } from "../../../tools/secret.js";
import { bearerToken } from "../../guard/secret.js";
import { textAt } from "../../web/json.js";
import { Refusal } from "../../web/refusal.js";
import { headerOf } from "../../delivery/header.js";
import type { Sender } from "../../delivery/sender.js";
import { isTimely } from "../../delivery/timely.js";

/**
 * As docker-delivery-hook takes them: `/pull` for the newest image, `/build` for a new build, with the container's name.
 * It signs the body and a timestamp, but not the path: whoever overhears a delivery may ask for the other within minutes.
 */
export const deliveryHooks: readonly Sender[] = (["pull", "build"] as const).map((action) => ({
  type: "delivery-hook",
  action,
  secret: bearerToken,
  signature: {
    isMeant: (req) => req.headers["x-signature"] !== undefined,
    isOffered: (req, now) => isTimely(headerOf(req, "x-timestamp"), now) && isHmac(signatureOf(req)),
    fits: (req, body, secrets) => secrets.reduce((found, secret) => isSigned(req, body, secret) || found, false),
    sign: (body, secret, now) => {
      const timestamp = String(Math.floor(now / 1_000));
      return { "x-timestamp": timestamp, "x-signature": hmacOf(secret, body, timestamp).toString("hex") };
    },
  },
  // A signature is good for minutes: with the same one nothing is asked for twice.
  id: (req) => (isHmac(signatureOf(req)) ? `${action} ${signatureOf(req).toLowerCase()}` : undefined),
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
  guide: {
    title: "docker-delivery-hook's pipelines",
    secret: "apart",
    steps: [
      "Let API_ENDPOINT of the pipeline be {url}, and SECRET_KEY {secret}",
      "The rest stays as it is: container_name may be the container's name, or service the service's.",
    ],
  },
  sample: ({ service }) => ({ body: { service } }),
}));

function signatureOf(req: Request): string {
  return headerOf(req, "x-signature") ?? "";
}

function isHmac(signature: string): boolean {
  return /^[0-9a-f]{64}$/i.test(signature);
}

/** Over the body and, right after it, the timestamp in seconds. */
function hmacOf(secret: Secret, body: Uint8Array, timestamp: string): Buffer {
  return createHmac("sha256", secret.reveal()).update(body).update(timestamp).digest();
}

function isSigned(req: Request, body: Uint8Array, secret: Secret): boolean {
  const timestamp = headerOf(req, "x-timestamp") ?? "";
  return timingSafeEqual(hmacOf(secret, body, timestamp), Buffer.from(signatureOf(req), "hex"));
}
