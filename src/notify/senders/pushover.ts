import { z } from "zod";
import { given } from "../../tools/present.js";
import { ask } from "../exchange/answer.js";
import { postSecretJson } from "../exchange/json.js";
import type { Answer } from "../model/channel.js";
import type { Reply } from "../model/exchange.js";
import type { Sender } from "../model/sender.js";
import { forPeople } from "./layout/clean.js";
import { cut } from "./layout/cut.js";
import { fitted } from "./layout/fit.js";
import { plainBody } from "./layout/plain.js";
import { sheetOf, type Sheet, type Tone } from "./layout/sheet.js";
import { addressOf, below } from "./settings/access.js";

const fields = {
  tokenFile: z.string().min(1).describe("file with the application's token"),
  userFile: z.string().min(1).describe("file with the key of the user or group"),
  device: z
    .string()
    .regex(/^[A-Za-z0-9_,-]{1,200}$/)
    .optional()
    .describe("the device, or several with commas between (all)"),
  emergency: z.boolean().default(false).describe("errors ring every minute for an hour, until somebody confirms them"),
  url: z.string().min(1).default("https://api.pushover.net").describe("the API's address"),
};

/** From -2 to 2; 2 rings until it is confirmed. */
const priorities: Readonly<Record<Tone, number>> = { good: -1, info: -1, warning: 0, error: 1 };
const emergency = { priority: 2, retry: 60, expire: 3600 };

/** It is tried again once a day: somebody may buy more. */
const dayMs = 24 * 3_600_000;

/** Pushover's own limits, in characters. */
const longest = { title: 250, message: 1024 } as const;

/** A user or a group of Pushover. */
export const pushover: Sender<typeof fields> = {
  type: "pushover",
  fields,
  open(written, context) {
    const url = below(addressOf({ url: written.url }, context), "1/messages.json");
    const secrets = { token: context.secretIn(written.tokenFile), user: context.secretIn(written.userFile) };
    return (told, signal) => {
      const message = fitted(
        forPeople(told),
        (one) => messageOf(sheetOf(one)),
        (one) => characters(one.message) <= longest.message,
      );
      const rings = written.emergency && told.notice.severity === "error" && told.notice.isEnd !== true;
      const timestamp = Math.floor(told.notice.at / 1000);
      const body = given({ ...message, ...(rings ? emergency : {}), timestamp, device: written.device });
      const outgoing = postSecretJson(url, body, secrets);
      return ask(context, outgoing, signal, { read: (reply) => spent(reply, context.now()) });
    };
  },
};

function messageOf(sheet: Sheet) {
  const { tone, link } = sheet;
  const title = cut(sheet.title, longest.title, characters);
  const message = plainBody(link === undefined ? sheet : { ...sheet, link: "" });
  const titled = link === undefined ? undefined : "Open in Fairlead";
  return given({ title, message, priority: priorities[tone], url: link, url_title: titled });
}

function characters(text: string): number {
  return Array.from(text).length;
}

/** The month's messages are spent: a header says until when, in epoch seconds. */
function spent(reply: Reply, now: number): Answer | undefined {
  const afterMs = Number(reply.header("x-limit-app-reset")) * 1000 - now;
  if (reply.status !== 429 || !(afterMs > 0)) return undefined;
  return {
    outcome: "later",
    why: "the application's messages of this month are spent",
    afterMs: Math.min(afterMs, dayMs),
  };
}
