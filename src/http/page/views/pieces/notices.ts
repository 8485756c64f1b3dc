import { formatProblem } from "../../../../compose/values/problem.js";
import { journalNotice } from "../../../../control/journal/standing.js";
import { engineNotices } from "../../../../control/surface/engine-state.js";
import { notificationNotices } from "../../../../notify/model/standing.js";
import { time } from "../../html/bits.js";
import { html, type Html } from "../../html/html.js";
import type { Parts } from "../../html/view.js";
import type { Known } from "./known.js";

/** What concerns everything: on top of each view. */
export function noticesPart(parts: Parts, known: Known): Html {
  const { problems, journal, engine, notifications, isReady } = known;
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  const notices = [
    ...(isReady ? [] : [html`the host has not been looked at yet: what is shown is not complete`]),
    ...engineNotices(engine).map(withTimes),
    ...(first === undefined
      ? []
      : [html`${formatProblem(first)}${more}: <a href="/sources">the files in force are older</a>`]),
    ...[journalNotice(journal) ?? []].flat().map(withTimes),
    ...notificationNotices(notifications).map(withTimes),
  ];
  return parts.add(
    "notices",
    html`<div id="notices" ${notices.length === 0 && html` hidden`}>
      ${notices.map((notice) => html`<p class="notice">${notice}</p>`)}
    </div>`,
  );
}

const instant = / (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) /;

/** The sentence, with its times as they are everywhere on the page. */
function withTimes(text: string): Html {
  return html`${text.split(instant).map((part, index) => (index % 2 === 1 ? html` ${time(part)} ` : part))}`;
}
