/*
 * Pipelines that are begun elsewhere live here: one file for each vendor, and what all have in common.
 */

import type { Secret } from "../../tools/secret.js";
import type { Outgoing } from "../model/exchange.js";
import type { TriggerField, WrittenTrigger } from "./fields.js";

/** How a vendor's pipeline is begun. */
export interface TriggerKind {
  /** Keys that have to be there, and such as may be, besides those of any trigger. */
  readonly needs: readonly TriggerField[];
  readonly takes: readonly TriggerField[];
  /** Where the key `url` is not written. */
  readonly url?: string;
  /** How many variables there may be. */
  readonly mostVariables?: (written: WrittenTrigger) => number;
  /** Throws FairleadError `ConfigInvalid` for what no vendor of that kind would take. */
  readonly check?: (written: WrittenTrigger, place: (key: string) => string) => void;
  request(begin: Begin): Outgoing;
  /** What a person can do, by the status of the refusal. */
  readonly remedies: Readonly<Record<number, string>>;
}

/** One pipeline that is to be begun. */
export interface Begin {
  readonly written: WrittenTrigger;
  /** Without a slash at its end; whole for `generic`, where it may be a secret. */
  readonly url: string | Secret;
  readonly token: Secret | undefined;
  readonly variables: Readonly<Record<string, string>>;
  /** What `body` has become. */
  readonly body: unknown;
}

export function jsonRequest(
  url: string | Secret,
  headers: Readonly<Record<string, string | Secret>>,
  body: unknown,
): Outgoing {
  return {
    method: "POST",
    url,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

export function formRequest(
  url: string,
  headers: Readonly<Record<string, string | Secret>>,
  body: string | Secret,
): Outgoing {
  return { method: "POST", url, headers: { "content-type": "application/x-www-form-urlencoded", ...headers }, body };
}
