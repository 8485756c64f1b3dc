import type * as Jose from "jose";
import type { OidcRule } from "./receiver.js";

const timeoutMs = 5_000;
/** Of an issuer's keys: strangers can name ones that do not exist as often as they like. */
const cooldownMs = 30_000;
const toleranceSeconds = 60;
/** None by a shared key, and above all not `none`. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/** Tells why a token is no proof; undefined: it is one. */
export type OidcCheck = (token: string) => Promise<string | undefined>;

/** Checks tokens against the issuer's keys, which are asked for at its own address alone, when they are needed. */
export function oidcCheck(rule: OidcRule): OidcCheck {
  let keys: Promise<KeySource> | undefined;
  return async (token) => {
    const { errors, jwtVerify } = await import("jose");
    try {
      keys ??= keysOf(rule.issuer);
      const { payload } = await jwtVerify(token, await keys, {
        algorithms,
        issuer: [rule.issuer, rule.issuer.replace(/^https?:\/\//, "")],
        audience: rule.audience,
        clockTolerance: toleranceSeconds,
        requiredClaims: ["exp"],
      });
      return objectionTo(payload, rule);
    } catch (thrown) {
      if (thrown instanceof errors.JWTClaimValidationFailed) return `its token does not fit: ${thrown.claim}`;
      if (thrown instanceof errors.JWTExpired) return "its token has expired";
      if (thrown instanceof errors.JOSEError && !(thrown instanceof errors.JWKSTimeout)) return "its token is no proof";
      // Asked again for the next delivery.
      keys = undefined;
      return "its token cannot be checked: the issuer does not answer as one";
    }
  };
}

function objectionTo(payload: Readonly<Record<string, unknown>>, { claims }: OidcRule): string | undefined {
  const misses = Object.entries(claims).find(([claim, pattern]) => {
    const value = Object.hasOwn(payload, claim) ? payload[claim] : undefined;
    return typeof value !== "string" || !pattern.fits(value);
  });
  if (misses !== undefined) return `its token does not fit: ${misses[0]}`;
  // Google lets people name an address that they have not shown to be theirs.
  if (claims["email"] !== undefined && payload["email_verified"] !== true)
    return "its token does not fit: email_verified";
  return undefined;
}

type KeySource = ReturnType<typeof Jose.createRemoteJWKSet>;

async function keysOf(issuer: string): Promise<KeySource> {
  const { createRemoteJWKSet } = await import("jose");
  const place = new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  const answer = await fetch(place, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw new Error(`the issuer answers ${answer.status}`);
  const { jwks_uri: uri } = (await answer.json()) as { readonly jwks_uri?: unknown };
  if (typeof uri !== "string") throw new Error("the issuer names no keys");
  const keys = new URL(uri);
  if (keys.protocol !== "https:" && keys.host !== place.host)
    throw new Error("the issuer's keys are not at an https:// address");
  return createRemoteJWKSet(keys, { timeoutDuration: timeoutMs, cooldownDuration: cooldownMs });
}
