import { z } from "zod";
import { given } from "../../tools/present.js";
import { ask } from "../exchange/answer.js";
import { postJson } from "../exchange/json.js";
import type { Notice, Severity } from "../model/notice.js";
import type { Sender, Told } from "../model/sender.js";
import { forPeople } from "./layout/clean.js";
import { bytes } from "./layout/cut.js";
import { fitted } from "./layout/fit.js";
import { plainBody } from "./layout/plain.js";
import { sheetOf } from "./layout/sheet.js";
import { addressFields, addressOf, below, loginFields, loginOf } from "./settings/access.js";

const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

const fields = {
  ...addressFields("Alertmanager's address, with its path where it has one"),
  ...loginFields,
  labels: z
    .record(
      z.string().regex(labelName, "it should be the name of a label: letters, digits and `_`"),
      z.string().min(1).max(200),
    )
    .optional()
    .describe("labels that every alert gets besides its own, such as `{team: shop}`"),
};

type Labels = Readonly<Record<string, string>>;

/** Until the problem's end is told. Nobody tells it again meanwhile, and a problem whose end was lost is not to last for ever. */
const lastsMs = 7 * 24 * 3_600_000;

/** What has no end that could be told. */
const passesMs = 15 * 60_000;

const severities: readonly Severity[] = ["info", "warning", "error"];

const mostBytes = 8000;

/**
 * Alerts by Alertmanager's v2 API. A problem is an alert, which resolves with the problem's end; a warning or an error that is no
 * problem is one that resolves by itself; good news is none.
 */
export const alertmanager: Sender<typeof fields> = {
  type: "alertmanager",
  fields,
  open({ labels = {}, ...written }, context) {
    const url = below(addressOf(written, context), "api/v2/alerts");
    const headers = loginOf(written, context);
    return (told, signal) => {
      const { problem, severity } = told.notice;
      if (problem === undefined && severity === "info") {
        return Promise.resolve({ outcome: "delivered", said: "no alert: it tells of no problem" });
      }
      return ask(context, postJson(url, alertsOf(forPeople(told), labels, context.now()), headers), signal);
    };
  },
};

/**
 * Alerts are told apart by all of their labels, and a problem's severity may change while it lasts: with each notice the alert
 * of its severity fires, and those of the other ones end.
 */
function alertsOf(told: Told, labels: Labels, now: number) {
  const { notice } = told;
  const { problem, severity, isEnd, at } = notice;
  const fires = { startsAt: iso(at), endsAt: iso(Math.max(at, now) + (problem === undefined ? passesMs : lastsMs)) };
  const firing = { labels: labelsOf(notice, severity, labels), ...fires, ...wordsOf(told) };
  if (problem === undefined) return [firing];
  // Alertmanager forgets the words of an alert that is sent without any, and tells of its end by them.
  const ended = (one: Severity) => ({ labels: labelsOf(notice, one, labels), endsAt: iso(at), ...wordsOf(told) });
  if (isEnd === true) return severities.map(ended);
  return [firing, ...severities.filter((one) => one !== severity).map(ended)];
}

function labelsOf({ kind, problem, project, service }: Notice, severity: Severity, labels: Labels): Labels {
  const what = problem === undefined ? { kind } : { problem };
  return { ...labels, alertname: "Fairlead", severity, ...given({ ...what, project, service }) };
}

function wordsOf(told: Told) {
  const description = fitted(
    told,
    (one) => plainBody(sheetOf(one)),
    (one) => bytes(one) <= mostBytes,
  );
  const { title, link } = told.notice;
  return given({ annotations: { summary: title, description }, generatorURL: link });
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
