/*
 * Who is told by the settings: each subscription is a channel, with its filter, its template and its sender.
 */

import { parseDuration } from "../../compose/values/duration.js";
import { placed, wrongAt } from "../../tools/placed.js";
import type { Secret } from "../../tools/secret.js";
import type { Exchange } from "../model/exchange.js";
import type { ShownChannel } from "../model/standing.js";
import { plainText } from "../notices/plain.js";
import { senders } from "../senders/table.js";
import { templateOf } from "../templates/template.js";
import { filterOf } from "./filter.js";
import type { WrittenSubscription, WrittenSubscriptions } from "./settings.js";

const usualTimeoutMs = 10_000;
const longestTimeoutMs = 5 * 60_000;

export interface SubscriptionsContext {
  /** Where a key below `notify` stands: `/etc/fairlead/fairlead.yaml:12:5: notify.team.urlFile`. */
  readonly place: (key: string) => string;
  readonly exchange: Exchange;
  /** The first secret in a file of the host; throws FairleadError `ConfigInvalid`. */
  readonly secretIn: (path: string) => Secret;
  /** The receivers that there are. */
  readonly receivers: readonly string[];
  /** Epoch ms. */
  readonly now: () => number;
}

/** Reads the secrets' files. Throws FairleadError `ConfigInvalid` with the place of what is wrong. */
export function subscriptionChannels(
  written: WrittenSubscriptions,
  context: SubscriptionsContext,
): readonly ShownChannel[] {
  return Object.entries(written).map(([name, one]) => channelOf(name, one, context));
}

function channelOf(name: string, written: WrittenSubscription, context: SubscriptionsContext): ShownChannel {
  const place = (key: string) => context.place(`${name}.${key}`);
  const sender = senders.find(({ type }) => type === written.type);
  if (sender === undefined) throw wrongAt(place("type"), "there is no such sender", "docs/notifications.md lists them");
  const { exchange, secretIn, receivers, now } = context;
  const { on, projects, services, labels, severity, template: text, timeout, type: _type, ...own } = written;
  const wants = filterOf({ on: on ?? sender.on, projects, services, labels, severity }, { place, receivers });
  const template = text === undefined ? undefined : templateOf(text, () => place("template"));
  const placedSecretIn = (path: string) =>
    placed(
      () => place(keyOf(written, path)),
      () => secretIn(path),
    );
  const tell = sender.open(own, { exchange, place, secretIn: placedSecretIn, now });
  return {
    name,
    wants,
    ...(sender.isBrief === true || text?.includes("between") === false ? {} : { tellsBetween: true as const }),
    timeoutMs: timeout === undefined ? usualTimeoutMs : timeoutIn(timeout, () => place("timeout")),
    deliver: (notice, signal) =>
      tell({ notice, ...(template === undefined ? {} : { text: template(notice) }) }, signal),
    render: template ?? plainText,
  };
}

/** The key that names this file. */
function keyOf(written: WrittenSubscription, path: string): string {
  return Object.entries(written).find(([key, value]) => key !== "type" && value === path)?.[0] ?? "type";
}

function timeoutIn(text: string, place: () => string): number {
  const ms = placed(place, () => parseDuration(text));
  if (ms >= 100 && ms <= longestTimeoutMs) return ms;
  throw wrongAt(place(), "a try takes from 100ms to 5m", "write for example 10s");
}
