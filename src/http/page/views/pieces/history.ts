import type { History } from "../../../../control/surface/surface.js";
import type { Revision } from "../../../../plan/history/revisions.js";
import type { ServiceStatus } from "../../../../plan/model/condition.js";
import { isOver } from "../../../../plan/status/explain.js";
import { badge, digest, outcomeTones, spanOf, time } from "../../html/bits.js";
import { html, lines, type Html } from "../../html/html.js";
import { orderButton } from "./orders.js";
import { shortened } from "./reason.js";

const mostShown = 20;

/** Every rollout that is known, newest first. */
export function timeline(status: ServiceStatus, history: History | undefined, mayAct: boolean): Html | undefined {
  const revisions = history?.revisions ?? [];
  if (revisions.length === 0) return undefined;
  return html`<ol class="timeline">
    ${revisions.slice(0, mostShown).map((one) => itemOf(status, one, mayAct))}
  </ol>`;
}

function itemOf(status: ServiceStatus, revision: Revision, mayAct: boolean): Html {
  const { revision: number, to, startedAt, finishedAt, outcome, rollback, active } = revision;
  const tone = outcome === undefined ? "busy" : outcomeTones[outcome];
  const word = outcome === undefined ? "under way" : rollback === true ? `${outcome} by hand` : outcome;
  const isWay = !active && outcome === "promoted";
  return html`<li class="${rollback === true && outcome === "rolled-back" ? "good" : tone}">
    <div class="line">
      <b>Revision ${number}</b> ${badge(word, rollback === true && outcome === "rolled-back" ? "good" : tone)}
      ${active && badge("serves", "good")} ${digest(to)}
      ${time(startedAt)}${finishedAt !== undefined && html` <span class="hint">took ${spanOf(startedAt, finishedAt)}</span>`}${isWay && orderButton(status, "rollback", { mayAct, query: { to: String(number) }, label: "Roll back to this" })}
    </div>
    <p>${whyOf(revision)}</p>
  </li>`;
}

function whyOf({ message, reason, cause, commit, tag, onRollback }: Revision): string {
  const said = [
    message ?? reason,
    ...(tag === undefined ? [] : [`tag ${tag.tag} by ${tag.policy}`]),
    ...(commit === undefined ? [] : [`commit ${commit.id.slice(0, 7)}, ${commit.author}: ${commit.subject}`]),
    ...(cause === undefined ? [] : [`asked for by ${cause}`]),
    ...(onRollback === undefined ? [] : [onRollback.message]),
  ];
  return shortened(said.join(" · "));
}

/** The last lines of what failed last, as long as that matters. */
export function failureBox(status: ServiceStatus, history: History | undefined): Html | undefined {
  const [failure] = history?.failures ?? [];
  if (failure === undefined || isOver(status, failure.at)) return undefined;
  const { container, reason, message, at, logs } = failure;
  return html`<p><span class="reason">${reason}</span> ${container}: ${shortened(message)} ${time(at)}</p>
    ${logs.length > 0 && html`<pre tabindex="0" role="group" aria-label="The last lines of ${container}">${lines(logs.join("\n"))}</pre>`}`;
}
