import type { Request } from "express";
import type { Secret } from "../../tools/secret.js";
import { bearerToken } from "../guard/secret.js";

/** A single header; a repeated one is none. `name` in lower case. */
export function headerOf(req: Request, name: string): string | undefined {
  const [value, ...more] = req.headersDistinct[name] ?? [];
  return more.length === 0 ? value : undefined;
}

/** The password of `Authorization: Basic`, whatever the user is called. */
export function basicPassword(req: Request): string | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(headerOf(req, "authorization") ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const [, ...password] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return password.length === 0 ? undefined : password.join(":");
}

/** A header that is the secret and nothing else. */
export function showIn(name: string): (secret: Secret) => Readonly<Record<string, string>> {
  return (secret) => ({ [name]: secret.reveal() });
}

/** The header that {@link bearerToken} reads. */
export function showBearer(secret: Secret): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${secret.reveal()}` };
}

/** The header that {@link basicPassword} reads. */
export function showBasic(secret: Secret): Readonly<Record<string, string>> {
  return { authorization: `Basic ${Buffer.from(`fairlead:${secret.reveal()}`).toString("base64")}` };
}

/** What `Authorization` shows of a sender that may be told to send any: a token, a password, or all of it. */
export function authorization(req: Request): string | undefined {
  return bearerToken(req) ?? basicPassword(req) ?? headerOf(req, "authorization");
}
