import type { ChannelStanding } from "../../../notify/model/standing.js";
import { badge, time } from "../html/bits.js";
import { html, type Html } from "../html/html.js";
import { Parts, type View } from "../html/view.js";
import type { Known } from "./pieces/known.js";
import { noticesPart } from "./pieces/notices.js";

/** Who is told of what happens, and how that stands. */
export function notificationsView(known: Known): View {
  const parts = new Parts();
  const { channels } = known.notifications;
  const main = html`${noticesPart(parts, known)}
    <h1>Notifications</h1>
    ${parts.add("channels", html`<div id="channels">${channels.length === 0 ? html`<p class="empty">Nobody is told: the settings name nobody.</p>` : tableOf(channels, known.mayAct)}</div>`)}`;
  return { title: "Notifications", place: "notifications", main, parts: parts.all };
}

function tableOf(channels: readonly ChannelStanding[], mayAct: boolean): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Channels">
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">State</th>
          <th scope="col">Waiting</th>
          <th scope="col">Given up</th>
          <th scope="col">Told last</th>
          <th scope="col">Last error</th>
          <th scope="col">Try</th>
        </tr>
      </thead>
      <tbody>
        ${channels.map((channel) => rowOf(channel, mayAct))}
      </tbody>
    </table>
  </div>`;
}

function rowOf(
  { name, waiting, dropped, lastDelivered, lastError, troubledSince }: ChannelStanding,
  mayAct: boolean,
): Html {
  const state =
    troubledSince === undefined
      ? badge("well", "good")
      : html`${badge("in trouble", "bad")} since ${time(troubledSince)}`;
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${state}</td>
    <td>${waiting}</td>
    <td>${dropped}</td>
    <td>${time(lastDelivered?.at)}</td>
    <td>${lastError !== undefined && html`${lastError.message} ${time(lastError.at)}`}</td>
    <td>
      <form method="post" action="/notifications/${encodeURIComponent(name)}/test">
        <button class="order"${!mayAct && html` disabled`}>Send a sample<span class="unseen"> to ${name}</span></button>
      </form>
    </td>
  </tr>`;
}
