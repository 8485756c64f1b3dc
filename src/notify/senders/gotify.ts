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
import { addressFields, addressOf, below } from "./settings/access.js";

const fields = {
  ...addressFields("the server's address"),
  tokenFile: z.string().min(1).describe("file with the token of an application"),
};

/** The app makes a sound from 4 on, and shows it over all else from 8 on. */
const priorities: Readonly<Record<Tone, number>> = { good: 2, info: 2, warning: 5, error: 8 };

/** Gotify itself names no limit. */
const mostBytes = 16_000;

const remedies = { 401: "write the token of an application, not of a client" };

/** An application of Gotify. */
export const gotify: Sender<typeof fields> = {
  type: "gotify",
  fields,
  open({ tokenFile, ...written }, context) {
    const url = below(addressOf(written, context), "message");
    const token = context.secretIn(tokenFile);
    return (told, signal) => {
      const body = fitted(
        forPeople(told),
        (one) => bodyOf(sheetOf(one)),
        (one) => bytes(one.message) <= mostBytes,
      );
      return ask(context, postJson(url, body, { "x-gotify-key": token }), signal, { remedies });
    };
  },
};

/** As plain text: nothing in it is Markdown. */
function bodyOf(sheet: Sheet) {
  const { title, tone, link } = sheet;
  const click = link === undefined ? undefined : { click: { url: link } };
  const extras = given({ "client::display": { contentType: "text/plain" }, "client::notification": click });
  return { title, message: plainBody(sheet), priority: priorities[tone], extras };
}
