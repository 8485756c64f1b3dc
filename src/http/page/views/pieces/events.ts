import type { Event } from "../../../../control/journal/event.js";
import { time } from "../../html/bits.js";
import { html, type Html } from "../../html/html.js";
import type { Parts } from "../../html/view.js";
import type { Known } from "./known.js";
import { shortened } from "./reason.js";

const grave = /Failed|Held|RolledBack|Invalid|Unauthorized|Error|CrashLooping|Unhealthy|Conflict|Exceeded|Unavailable/;
const fine = /^(?:Promoted|Converged|Built|JobDone|SpecValid|Reloaded|Approved|Accepted)$/;

/** What was done and why, newest first. Undefined: nothing is known to have happened. */
export function eventList(
  events: readonly Event[],
  { named = false }: { readonly named?: boolean } = {},
): Html | undefined {
  if (events.length === 0) return undefined;
  return html`<ol class="events">
    ${events.map((event) => itemOf(event, named))}
  </ol>`;
}

/** Whether senders reach it, and what came of it. */
export function deliveriesPart(parts: Parts, { deliveries }: Known): Html {
  const list = eventList(deliveries, { named: true }) ?? html`<p class="empty">None since the start.</p>`;
  return parts.section("deliveries", "Last deliveries", list);
}

function itemOf({ at, project, service, reason, message }: Event, named: boolean): Html {
  const tone = grave.test(reason) ? "bad" : fine.test(reason) ? "good" : "";
  const of = project === undefined || service === undefined ? undefined : `${project}/${service}`;
  const link =
    named &&
    of !== undefined &&
    html`<a href="/services/${encodeURIComponent(project ?? "")}/${encodeURIComponent(service ?? "")}">${of}</a> `;
  return html`<li class="${tone}">${time(at)} ${link}<span class="reason">${reason}</span> ${shortened(message)}</li>`;
}
