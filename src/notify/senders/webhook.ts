import { z } from "zod";
import { formatTime } from "../../tools/time.js";
import { standardHmac, standardKeyFault } from "../../tools/standard-webhook.js";
import { ask } from "../exchange/answer.js";
import { postJson } from "../exchange/json.js";
import type { Sender, Told } from "../model/sender.js";
import { forPrograms } from "./layout/clean.js";
import { bytes } from "./layout/cut.js";
import { dataOf, eventType } from "./layout/data.js";
import { fitted } from "./layout/fit.js";
import { addressFields, addressOf, wrong } from "./settings/access.js";

const fields = {
  ...addressFields("where it is sent to"),
  secretFile: z
    .string()
    .min(1)
    .optional()
    .describe("file with the key of the signatures, as `whsec_` and base64 or as it is (no signature)"),
};

/** What Standard Webhooks asks senders to stay below. */
const mostBytes = 20_000;

const remedies = { 410: "the receiver wants no more of it: remove this subscription" };

/** POST of JSON, signed by Standard Webhooks. The notice's id is the message's, so that a receiver knows a repetition. */
export const webhook: Sender<typeof fields> = {
  type: "webhook",
  fields,
  open({ secretFile, ...written }, context) {
    const url = addressOf(written, context);
    const secret = secretFile === undefined ? undefined : context.secretIn(secretFile);
    if (secret?.isEmpty === true)
      throw wrong(context, "secretFile", "the file is empty", "write the key into it, or leave secretFile out");
    const fault = secret && standardKeyFault(secret);
    if (fault !== undefined) throw wrong(context, "secretFile", fault, "copy the key again, as the receiver shows it");
    return (told, signal) => {
      const sent = fitted(
        forPrograms(told),
        (one) => postJson(url, bodyOf(one)),
        ({ body = "" }) => bytes(String(body)) <= mostBytes,
      );
      const [id, timestamp] = [told.notice.id, String(Math.floor(context.now() / 1000))];
      const hmac = secret && standardHmac(secret, { id, timestamp, body: String(sent.body) }).toString("base64");
      const headers = {
        ...{ ...sent.headers, "webhook-id": id, "webhook-timestamp": timestamp },
        ...(hmac === undefined ? {} : { "webhook-signature": `v1,${hmac}` }),
      };
      return ask(context, { ...sent, headers }, signal, { remedies });
    };
  },
};

function bodyOf(told: Told) {
  return { type: eventType(told.notice.kind), timestamp: formatTime(told.notice.at), data: dataOf(told) };
}
