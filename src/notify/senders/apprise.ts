import { z } from "zod";
import { given } from "../../tools/present.js";
import { ask } from "../exchange/answer.js";
import { postJson, postSecretJson } from "../exchange/json.js";
import type { Answer } from "../model/channel.js";
import type { Reply } from "../model/exchange.js";
import type { Sender } from "../model/sender.js";
import { forPeople } from "./layout/clean.js";
import { bytes } from "./layout/cut.js";
import { fitted } from "./layout/fit.js";
import { plainBody } from "./layout/plain.js";
import { sheetOf, type Sheet, type Tone } from "./layout/sheet.js";
import { addressFields, addressOf } from "./settings/access.js";

const fields = {
  ...addressFields("the API's address with `/notify/KEY`, or with `/notify` alone beside `urlsFile`"),
  urlsFile: z.string().min(1).optional().describe("file with Apprise URLs, where the API keeps none itself"),
  tag: z.string().min(1).max(200).optional().describe("only those of the key's URLs that have this tag"),
};

const types: Readonly<Record<Tone, string>> = { good: "success", info: "info", warning: "warning", error: "failure" };

/** Apprise cuts further, by each service's own limits. */
const mostBytes = 32_000;

const remedies = {
  424: "some of its services did not take it; it is not sent again, as others may have taken it",
};

/** Everything else that Apprise can tell, by its API. */
export const apprise: Sender<typeof fields> = {
  type: "apprise",
  fields,
  open({ urlsFile, tag, ...written }, context) {
    const url = addressOf(written, context);
    const urls = urlsFile === undefined ? undefined : context.secretIn(urlsFile);
    return (told, signal) => {
      const message = fitted(
        forPeople(told),
        (one) => messageOf(sheetOf(one)),
        (one) => bytes(one.body) <= mostBytes,
      );
      const body = given({ ...message, tag });
      const outgoing = urls === undefined ? postJson(url, body) : postSecretJson(url, body, { urls });
      return ask(context, outgoing, signal, { remedies, read });
    };
  },
};

function messageOf(sheet: Sheet) {
  return { title: sheet.title, body: plainBody(sheet), type: types[sheet.tone], format: "text" };
}

/** Nobody was told. */
function read({ status }: Reply): Answer | undefined {
  if (status !== 204) return undefined;
  return { outcome: "refused", why: "the API has no configuration under this key: save one there, or correct the key" };
}
