import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Request } from "express";
import type { Secret } from "../../tools/secret.js";

export type SecretCheck = (offered: string | undefined) => boolean;

/** An empty secret is none: it would open to whoever shows nothing. */
export function usableSecrets(secrets: readonly Secret[]): readonly Secret[] {
  return secrets.filter(({ isEmpty }) => !isEmpty);
}

/**
 * Tells whether a secret is one of ours, in a time that depends only on the length of what was offered: both sides are
 * hashed, every secret is compared. Empty secrets do not count; without any, one that nobody knows takes their place.
 */
export function secretCheck(secrets: readonly Secret[]): SecretCheck {
  const usable = usableSecrets(secrets);
  const known = usable.length === 0 ? [randomBytes(32)] : usable.map((secret) => sha256(secret.reveal()));
  return (offered) => {
    const hash = sha256(offered ?? "");
    return known.reduce((found, one) => timingSafeEqual(one, hash) || found, false);
  };
}

/** The token of `Authorization: Bearer`; a repeated header offers nothing. */
export function bearerToken(req: Request): string | undefined {
  const [header, ...more] = req.headersDistinct["authorization"] ?? [];
  return more.length === 0 ? /^Bearer +(\S+) *$/i.exec(header ?? "")?.[1] : undefined;
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
