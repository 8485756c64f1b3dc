import type { Request, Response } from "express";
import type { Secret } from "../../tools/secret.js";
import { type SecretCheck, secretCheck, usableSecrets } from "./secret.js";

/** `read`: sees everything, and acts on nothing. */
export type Role = "write" | "read";

/** Who has come in. */
export interface Caller {
  readonly role: Role;
  /** Signed in by a form: there is something to sign out of. */
  readonly isSignedIn: boolean;
}

/** The admin's own, and the one that opens all that changes nothing. */
export interface AdminTokens {
  readonly write: Secret;
  readonly read?: Secret | undefined;
}

/** What a token that was offered opens; undefined: it is none of ours. In a time that depends on neither. */
export function roleCheck({ write, read }: AdminTokens): (offered: string | undefined) => Role | undefined {
  const isWrite = secretCheck([write]);
  const isRead: SecretCheck = secretCheck(usableSecrets(read === undefined ? [] : [read]));
  return (offered) => {
    const [maysWrite, maysRead] = [isWrite(offered), isRead(offered)];
    return maysWrite ? "write" : maysRead ? "read" : undefined;
  };
}

const callers = new WeakMap<object, Caller>();

/** Whoever sends this request has come in as that one. */
export function letIn(req: Request, caller: Caller): void {
  callers.set(req, caller);
}

/** Undefined: nobody has come in by it, and its route is open to all. */
export function callerIn(req: Response["req"]): Caller | undefined {
  return callers.get(req);
}
