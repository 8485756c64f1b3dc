import { createHmac } from "node:crypto";
import type { Secret } from "./secret.js";

const prefix = "whsec_";

/** What a signature of Standard Webhooks is over. */
export interface StandardMessage {
  readonly id: string;
  /** Epoch seconds. */
  readonly timestamp: string;
  readonly body: string | Uint8Array;
}

/** `v1` of Standard Webhooks. */
export function standardHmac(secret: Secret, { id, timestamp, body }: StandardMessage): Buffer {
  return createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest();
}

/** Undefined: it can be a key. Else what is wrong with it, without it. */
export function standardKeyFault(secret: Secret): string | undefined {
  const text = secret.reveal();
  if (!text.startsWith(prefix)) return undefined;
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text.slice(prefix.length)) ? undefined : `what follows ${prefix} is no base64`;
}

/** `whsec_` stands before a key in base64. */
function keyOf(secret: Secret): Buffer {
  const text = secret.reveal();
  return text.startsWith(prefix) ? Buffer.from(text.slice(prefix.length), "base64") : Buffer.from(text, "utf8");
}
