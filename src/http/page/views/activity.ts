import type { Event } from "../../../control/journal/event.js";
import { html } from "../html/html.js";
import { Parts, type View } from "../html/view.js";
import { deliveriesPart, eventList } from "./pieces/events.js";
import type { Known } from "./pieces/known.js";
import { noticesPart } from "./pieces/notices.js";

const mostShown = 200;

/** What was done and why, of all services, and what senders have told. `events`: newest first. */
export function activityView(known: Known, events: readonly Event[]): View {
  const parts = new Parts();
  const others = events.filter(({ type }) => type !== "delivery").slice(0, mostShown);
  const main = html`${noticesPart(parts, known)}
    <h1>Activity</h1>
    ${deliveriesPart(parts, known)}
    ${parts.section("events", "Events", eventList(others, { named: true }) ?? html`<p class="empty">None yet.</p>`)}`;
  return { title: "Activity", place: "activity", main, parts: parts.all };
}
