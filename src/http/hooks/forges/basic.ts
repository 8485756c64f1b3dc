import type { Request } from "express";
import { headerOf } from "./delivery.js";

/** The password of `Authorization: Basic`, whatever the user is called. */
export function basicPassword(req: Request): string | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(headerOf(req, "authorization") ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const [, ...password] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return password.length === 0 ? undefined : password.join(":");
}
