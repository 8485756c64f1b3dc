import { jsonIn } from "../exchange/words.js";
import { ask } from "../exchange/answer.js";
import type { Answer } from "../model/channel.js";
import type { Outgoing, Reply } from "../model/exchange.js";
import type { Notice } from "../model/notice.js";
import type { Sender } from "../model/sender.js";
import { forPeople } from "./layout/clean.js";
import { bytes } from "./layout/cut.js";
import { fitted } from "./layout/fit.js";
import { plainText } from "./layout/plain.js";
import { sheetOf } from "./layout/sheet.js";
import { addressOf, below, secretAddressFields } from "./settings/access.js";

const fields = secretAddressFields("a check's ping URL");

/** Of a ping's body 100 kB are kept. */
const mostBytes = 50_000;

const remedies = {
  404: "there is no such check: copy its ping URL again",
  409: "several checks have this slug: write the URL with the check's UUID",
};

/** A check of healthchecks.io or of the same program elsewhere: each notice is a ping, and its words are the ping's body. */
export const healthchecks: Sender<typeof fields> = {
  type: "healthchecks",
  fields,
  open(written, context) {
    const base = addressOf(written, context);
    return (told, signal) => {
      const body = fitted(
        forPeople(told),
        (one) => plainText(sheetOf(one)),
        (one) => bytes(one) <= mostBytes,
      );
      const path = signalOf(told.notice);
      const url = path === undefined ? base : below(base, path);
      const outgoing: Outgoing = {
        method: "POST",
        url,
        headers: { "content-type": "text/plain; charset=utf-8" },
        body,
      };
      return ask(context, outgoing, signal, { remedies, read });
    };
  },
};

/** A rollout is a run of the check; undefined: it has succeeded. What is neither good nor bad changes no check's state. */
function signalOf({ kind, severity, isEnd }: Notice): string | undefined {
  if (isEnd === true || kind === "promoted" || kind === "recovered") return undefined;
  if (severity === "error") return "fail";
  return kind === "started" ? "start" : "log";
}

/** Pings by UUID are answered with 200 also where they have changed nothing. */
function read({ status, text }: Reply): Answer | undefined {
  if (status !== 200 || jsonIn(text) !== undefined) return undefined;
  if (text.includes("not found")) return { outcome: "refused", why: `the check is not known; ${remedies[404]}` };
  if (text.includes("rate limited")) return { outcome: "later", why: "the check is pinged too often", afterMs: 60_000 };
  return undefined;
}
