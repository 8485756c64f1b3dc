import type { Request } from "express";
import type { Secret } from "../../tools/secret.js";
import { bearerToken, secretCheck } from "../guard/secret.js";
import type { Sender } from "../delivery/sender.js";
import type { OidcCheck } from "../receivers/oidc.js";
import type { UnprovenBodies } from "./unproven.js";

/** Whether a request knows a secret; what of its body had to be read to know it, or why it does not. */
export type Proof =
  | { readonly proven: true; readonly body?: Buffer }
  /** `signed`: it bears a signature, and that is what is wrong. */
  | { readonly proven: false; readonly why: string; readonly signed?: true };

export type Prove = (req: Request, sender: Sender) => Promise<Proof>;

export interface ProofOptions {
  readonly bodies: UnprovenBodies;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Absent: no token is a proof by itself. */
  readonly oidc?: OidcCheck | undefined;
}

/**
 * A secret in the path is the one that counts, then one that is shown, then a signature. A body is read for a signature
 * that could be one, and for nothing else.
 */
export function proofOf(secrets: readonly Secret[], { bodies, now, oidc }: ProofOptions): Prove {
  const isOurs = secretCheck(secrets);
  return async (req, sender) => {
    const { secret } = req.params;
    const shown = typeof secret === "string" ? secret : sender.secret(req);
    if (isOurs(shown)) return { proven: true };
    const token = secret === undefined && oidc !== undefined ? bearerToken(req) : undefined;
    if (token !== undefined) {
      const why = await oidc?.(token);
      return why === undefined ? { proven: true } : wronglySigned(why);
    }
    const { signature } = sender;
    if (secret !== undefined || signature?.isMeant(req) !== true) {
      return unproven(shown === undefined ? "it shows no secret" : "its secret is wrong");
    }
    if (!signature.isOffered(req, now())) {
      return wronglySigned("its signature or its timestamp is malformed, or not of now: check the clock");
    }
    const body = await bodies.read(req);
    if (body === undefined) return unproven("its body is too large or too slow for one that is signed");
    return signature.fits(req, body, secrets)
      ? { proven: true, body }
      : wronglySigned("its signature does not fit: check the secret");
  };
}

function unproven(why: string): Proof {
  return { proven: false, why };
}

function wronglySigned(why: string): Proof {
  return { proven: false, why, signed: true };
}
