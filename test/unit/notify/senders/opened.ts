import { z } from "zod";
import { openExchange } from "../../../../src/notify/exchange/exchange.js";
import type { Exchange } from "../../../../src/notify/model/exchange.js";
import type { Sender, SenderContext, Tell } from "../../../../src/notify/model/sender.js";
import { senders } from "../../../../src/notify/senders/table.js";
import { Secret } from "../../../../src/tools/secret.js";

export const now = Date.parse("2026-11-20T12:00:05Z");

/** What is in the files that settings name. */
export type Files = Readonly<Record<string, string>>;

export const secretToken = "hunter2hunter2";
export const signingKey = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;

export function contextWith(
  files: Files,
  exchange: Exchange = openExchange({ userAgent: "fairlead/0" }),
): SenderContext {
  return {
    exchange,
    now: () => now,
    place: (key) => `fairlead.yaml:1:1: notify.team.${key}`,
    secretIn: (path) => {
      const text = files[path];
      if (text === undefined) throw new Error(`no file ${path}`);
      return new Secret(text);
    },
  };
}

/** Settings of a sender that speaks HTTP, for a vendor at this address. */
export function written(url: string): Readonly<Record<string, { readonly settings: object; readonly files: Files }>> {
  const files = { token: secretToken, address: `${url}/${secretToken}/T1`, user: "user-key-user-key", key: signingKey };
  const secret = { settings: { urlFile: "address" }, files };
  return {
    slack: secret,
    discord: secret,
    teams: secret,
    matrix: { settings: { url, tokenFile: "token", room: "!abc:example.org" }, files },
    ntfy: { settings: { url, tokenFile: "token", topic: "shop" }, files },
    gotify: { settings: { url: `${url}/gotify/`, tokenFile: "token" }, files },
    telegram: { settings: { url, tokenFile: "token", chat: -100123, thread: 7 }, files },
    pushover: { settings: { url, tokenFile: "token", userFile: "user", emergency: true }, files },
    healthchecks: secret,
    alertmanager: { settings: { url, user: "me", passwordFile: "token", labels: { team: "shop" } }, files },
    webhook: { settings: { urlFile: "address", secretFile: "key" }, files },
    cloudevents: { settings: { url, tokenFile: "token", source: "/hosts/one" }, files },
    apprise: { settings: { url: `${url}/notify`, urlsFile: "token", tag: "ops" }, files },
  };
}

export function senderOf(type: string): Sender {
  const sender = senders.find((one) => one.type === type);
  if (sender === undefined) throw new Error(`no sender ${type}`);
  return sender;
}

/** Read as the settings file is. */
export function open(type: string, settings: object, context: SenderContext): Tell {
  const sender = senderOf(type);
  return sender.open(z.strictObject(sender.fields).parse(settings), context);
}

/** A sender of HTTP, for a vendor at this address. */
export function openAt(type: string, url: string, exchange?: Exchange): Tell {
  const { settings = {}, files = {} } = written(url)[type] ?? {};
  return open(type, settings, contextWith(files, exchange));
}

export const httpTypes = Object.keys(written("http://vendor.example"));
