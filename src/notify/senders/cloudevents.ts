import { z } from "zod";
import { given } from "../../tools/present.js";
import { formatTime } from "../../tools/time.js";
import { ask } from "../exchange/answer.js";
import { postJson } from "../exchange/json.js";
import type { Sender, Told } from "../model/sender.js";
import { forPrograms } from "./layout/clean.js";
import { bytes } from "./layout/cut.js";
import { dataOf, eventType } from "./layout/data.js";
import { fitted } from "./layout/fit.js";
import { addressFields, addressOf, loginFields, loginOf } from "./settings/access.js";

const fields = {
  ...addressFields("where events are sent to"),
  ...loginFields,
  source: z
    .string()
    .regex(/^[\w./:~-]{1,200}$/)
    .default("/fairlead")
    .describe("the events' `source`, which tells several hosts apart"),
};

/** What every part on the way has to take. */
const mostBytes = 60_000;

const remedies = { 410: "the receiver wants no more of it: remove this subscription", 415: "it takes no CloudEvents" };

/** CloudEvents 1.0 over HTTP, in structured mode. Source and id together are the same for a repetition. */
export const cloudevents: Sender<typeof fields> = {
  type: "cloudevents",
  fields,
  open({ source, ...written }, context) {
    const url = addressOf(written, context);
    const headers = { ...loginOf(written, context), "content-type": "application/cloudevents+json; charset=utf-8" };
    return (told, signal) => {
      const event = fitted(
        forPrograms(told),
        (one) => eventOf(one, source),
        (one) => bytes(JSON.stringify(one)) <= mostBytes,
      );
      return ask(context, postJson(url, event, headers), signal, { remedies });
    };
  },
};

function eventOf(told: Told, source: string) {
  const { id, kind, at, project, service } = told.notice;
  const subject = [project, service].filter((name) => name !== undefined && name !== "").join("/");
  return given({
    ...{ specversion: "1.0", id, source, type: eventType(kind), time: formatTime(at) },
    subject: subject === "" ? undefined : subject,
    ...{ datacontenttype: "application/json", data: dataOf(told) },
  });
}
