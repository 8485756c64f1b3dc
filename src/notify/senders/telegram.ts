import { z } from "zod";
import { given } from "../../tools/present.js";
import { ask } from "../exchange/answer.js";
import { postJson } from "../exchange/json.js";
import type { Sender } from "../model/sender.js";
import { forPeople } from "./layout/clean.js";
import { fitted } from "./layout/fit.js";
import { escapeHtml, htmlLink } from "./layout/html.js";
import { sheetOf, type Fact, type Sheet, type Tone } from "./layout/sheet.js";
import { addressOf, below } from "./settings/access.js";

const fields = {
  tokenFile: z.string().min(1).describe("file with the bot's token"),
  chat: z
    .union([
      z.string().regex(/^(-?\d+|@\w+)$/, "it should be the number of a chat, or the `@name` of a public channel"),
      z.int(),
    ])
    .describe("the chat's number, or the `@name` of a public channel"),
  thread: z.int().min(1).optional().describe("the number of a topic in a group that has topics"),
  url: z.string().min(1).default("https://api.telegram.org").describe("the Bot API's address"),
};

const signs: Readonly<Record<Tone, string>> = { good: "✅", info: "ℹ️", warning: "⚠️", error: "❌" };

/** Telegram counts after the markup is taken away; this counts with it. */
const longest = 4096;

const remedies = {
  400: "check chat and thread",
  401: "the bot's token is wrong: ask @BotFather for it",
  403: "add the bot to the chat, and let it write there",
  404: "the bot's token is wrong: ask @BotFather for it",
};

/** A chat, by a bot of Telegram, in its HTML. What only informs rings for nobody. */
export const telegram: Sender<typeof fields> = {
  type: "telegram",
  fields,
  open({ tokenFile, chat, thread, url }, context) {
    const base = addressOf({ url }, context);
    const address = context.secretIn(tokenFile).map((token) => String(below(base, `bot${token}/sendMessage`)));
    return (told, signal) => {
      const message = fitted(
        forPeople(told),
        (one) => messageOf(sheetOf(one)),
        (one) => one.text.length <= longest,
      );
      const body = given({ chat_id: chat, message_thread_id: thread, ...message });
      return ask(context, postJson(address, body), signal, { remedies });
    };
  },
};

function messageOf(sheet: Sheet) {
  return {
    text: textOf(sheet),
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    disable_notification: sheet.tone === "good" || sheet.tone === "info",
  };
}

function textOf({ title, text, reason, facts, between, logs, command, link, tone }: Sheet): string {
  if (text !== undefined) return plain(text || title);
  const parts = [
    `${signs[tone]} <b>${plain(title)}</b>`,
    reason === undefined ? undefined : plain(reason),
    facts.map(factLine).join("\n"),
    between.length === 0 ? undefined : `<b>Commits between:</b>\n${between.map(plain).join("\n")}`,
    command === undefined ? undefined : `<pre>${escapeHtml(command)}</pre>`,
    logs.length === 0 ? undefined : `<b>Last log lines:</b>\n<pre>${escapeHtml(logs.join("\n"))}</pre>`,
    link === undefined ? undefined : htmlLink("Open in Fairlead", link),
  ];
  return parts.filter((part) => part !== undefined && part !== "").join("\n\n");
}

/** Values are code, in which Telegram looks for no names, commands and addresses. */
function factLine({ name, value, link }: Fact): string {
  return `<b>${name}:</b> ${link === undefined ? `<code>${escapeHtml(value)}</code>` : htmlLink(value, link)}`;
}

/** Outside of code Telegram finds `@name`, `#tag`, `/command` and addresses by itself: what is invisible parts them. */
function plain(text: string): string {
  return escapeHtml(text.replace(/[@#/](?=\w)|:(?=\/\/)|\.(?=[a-z])/gi, "$&\u200b"));
}
