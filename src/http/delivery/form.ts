import type { Request } from "express";
import { Refusal } from "../web/refusal.js";

export const formType = "application/x-www-form-urlencoded";

/** The JSON of a delivery, which forges can be told to send in a form, as its `payload`. Throws Refusal 400. */
export function formBytes(body: Uint8Array, req: Request): Uint8Array {
  if (req.is(formType) === false) return body;
  const payload = new URLSearchParams(Buffer.from(body).toString("utf8")).get("payload");
  if (payload === null) throw new Refusal(400, "the form has no payload", "set the hook's content type to JSON");
  return Buffer.from(payload, "utf8");
}
