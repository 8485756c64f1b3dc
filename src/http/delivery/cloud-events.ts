import type { Request } from "express";
import { parseJson, textAt, valueAt } from "../web/json.js";
import { Refusal } from "../web/refusal.js";
import { itemsOf } from "./event.js";
import { headerOf } from "./header.js";

export interface CloudEvent {
  readonly type: string;
  readonly data: unknown;
}

/** Whether a delivery is one in any of the three modes: by headers, as an object, or as a list of such. */
export function isCloudEvent(body: unknown, req: Request): boolean {
  const first = Array.isArray(body) ? (body as readonly unknown[])[0] : body;
  return req.headers["ce-type"] !== undefined || valueAt(first, "specversion") !== undefined;
}

/** The events of a delivery, in any mode. Throws Refusal 400. */
export function cloudEventsOf(body: unknown, req: Request): readonly CloudEvent[] {
  const type = headerOf(req, "ce-type");
  if (type !== undefined) return [{ type, data: body }];
  return (Array.isArray(body) ? itemsOf(body) : [body]).map((event) => {
    const of = textAt(event, "type");
    if (of === undefined) throw new Refusal(400, "type is missing", "send CloudEvents, in any of their modes");
    return { type: of, data: dataOf(event) };
  });
}

/** JSON itself, or JSON in base64. */
function dataOf(event: unknown): unknown {
  const encoded = valueAt(event, "data_base64");
  return typeof encoded === "string" ? parseJson(Buffer.from(encoded, "base64")) : valueAt(event, "data");
}

/** The answer to the question by OPTIONS whether an origin may send: it may, as fast as it likes. */
export function welcomed(req: Request): Readonly<Record<string, string>> {
  const origin = headerOf(req, "webhook-request-origin") ?? "";
  // Nothing of it that could end the header.
  const isHost = /^[\w.*:-]{1,255}$/.test(origin);
  return isHost ? { "WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*" } : {};
}
