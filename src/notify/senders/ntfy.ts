import { z } from "zod";
import { given } from "../../tools/present.js";
import { ask } from "../exchange/answer.js";
import { postJson } from "../exchange/json.js";
import type { Sender } from "../model/sender.js";
import { forPeople } from "./layout/clean.js";
import { bytes } from "./layout/cut.js";
import { fitted } from "./layout/fit.js";
import { plainBody } from "./layout/plain.js";
import { sheetOf, type Sheet, type Tone } from "./layout/sheet.js";
import { addressFields, addressOf, loginFields, loginOf } from "./settings/access.js";

const fields = {
  ...addressFields("the server's address, such as `https://ntfy.sh`"),
  topic: z
    .string()
    .regex(/^[-_A-Za-z0-9]{1,64}$/)
    .describe("the topic; on a public server whoever knows it can read it"),
  ...loginFields,
};

/** From 1 to 5; the last one is left to people's own alarms. */
const priorities: Readonly<Record<Tone, number>> = { good: 2, info: 2, warning: 3, error: 4 };

/** Names of emoji, which ntfy shows before the title. */
const tags: Readonly<Record<Tone, string>> = {
  good: "white_check_mark",
  info: "information_source",
  warning: "warning",
  error: "x",
};

/** A longer message becomes a file. */
const mostBytes = 4096;

const remedies = {
  401: "write the token or login of somebody who may publish there",
  403: "let the token's owner publish to the topic",
};

/** A topic of ntfy, published as JSON. Servers from 2.16 on know a repetition by its sequence, and change the message instead. */
export const ntfy: Sender<typeof fields> = {
  type: "ntfy",
  fields,
  open({ topic, ...written }, context) {
    const url = addressOf(written, context);
    const headers = loginOf(written, context);
    return (told, signal) => {
      const message = fitted(
        forPeople(told),
        (one) => messageOf(sheetOf(one)),
        (one) => bytes(one.message) <= mostBytes,
      );
      const body = { topic, ...message, sequence_id: told.notice.id.replace(/[^-_A-Za-z0-9]/g, "_") };
      return ask(context, postJson(url, body, headers), signal, { remedies });
    };
  },
};

function messageOf(sheet: Sheet) {
  const { link, tone, title } = sheet;
  // The link is what a tap opens.
  const message = plainBody(link === undefined ? sheet : { ...sheet, link: "" });
  return given({ title, message, priority: priorities[tone], tags: [tags[tone]], click: link });
}
