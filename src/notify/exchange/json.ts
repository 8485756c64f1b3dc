import { Secret } from "../../tools/secret.js";
import type { Outgoing } from "../model/exchange.js";

/** A body of JSON, by POST. */
export function postJson(url: Outgoing["url"], body: unknown, headers: Outgoing["headers"] = {}): Outgoing {
  const type = { "content-type": "application/json; charset=utf-8" };
  return { method: "POST", url, headers: { ...type, ...headers }, body: JSON.stringify(body) };
}

/** The same with secrets in it, each under its name. */
export function postSecretJson(
  url: Outgoing["url"],
  body: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, Secret>>,
): Outgoing {
  const opened = Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()]);
  return { ...postJson(url, {}), body: new Secret(JSON.stringify({ ...body, ...Object.fromEntries(opened) })) };
}
