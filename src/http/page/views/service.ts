import type { Event } from "../../../control/journal/event.js";
import type { RolloutProgress } from "../../../control/progress/model.js";
import type { Replicas } from "../../../control/surface/replicas.js";
import type { History } from "../../../control/surface/surface.js";
import type { ServiceStatus } from "../../../plan/model/condition.js";
import type { Explanation } from "../../../plan/status/explain.js";
import { shorten } from "../../../plan/steps/render.js";
import { digest, familiar, healthBadge, serviceLink, syncBadge, time } from "../html/bits.js";
import { html, type Html } from "../html/html.js";
import { Parts, type View } from "../html/view.js";
import { conditionsTable } from "./pieces/conditions.js";
import { eventList } from "./pieces/events.js";
import { failureBox, timeline } from "./pieces/history.js";
import type { Known } from "./pieces/known.js";
import { noticesPart } from "./pieces/notices.js";
import { orderButtons, ordersFor } from "./pieces/orders.js";
import { patchBox } from "./pieces/patch.js";
import { replicasTable } from "./pieces/replicas.js";
import { reasonOf } from "./pieces/reason.js";
import { rolloutBox } from "./pieces/rollout.js";

/** What is known of one service. What cannot be told now is absent. */
export interface ServiceFacts {
  readonly status: ServiceStatus;
  readonly explanation?: Explanation | undefined;
  readonly history?: History | undefined;
  readonly replicas?: Replicas | undefined;
  readonly rollout: RolloutProgress | null;
  /** Epoch ms. */
  readonly now: number;
  /** Newest first. */
  readonly events: readonly Event[];
  /** What the last change was, and what the file wants besides: unified diffs, empty where nothing differs. */
  readonly lastChange?: string | undefined;
  readonly toCome?: string | undefined;
}

export function serviceView(known: Known, facts: ServiceFacts): View {
  const parts = new Parts();
  const { status, history, replicas, events } = facts;
  const { project, service } = status;
  const revisions = history?.revisions ?? [];
  const hasEarlier = revisions.filter(({ outcome }) => outcome === "promoted").length > 1;
  const main = html`${noticesPart(parts, known)}
    <nav class="crumbs" aria-label="You are here">
      <a href="/">Services</a> <span aria-hidden="true">/</span> ${project}
    </nav>
    ${parts.add("head", headOf(status))} ${parts.add("story", storyOf(facts))}
    ${parts.add("orders", html`<div id="orders">${orderButtons(status, ordersFor(status, { hasEarlier }), known.mayAct)}${!known.mayAct && html`<p class="hint">You are signed in to look only.</p>`}</div>`)}
    ${parts.section("rollout", "What is being done", rolloutBox(facts.rollout, facts.now))}
    ${parts.section("replicas", "Replicas", replicas === undefined ? undefined : replicasTable(replicas))}
    ${parts.section("failure", "What failed last", failureBox(status, history))}
    ${parts.section("to-come", "What differs from the file", patchBox(facts.toCome))}
    ${parts.section("history", "History", timeline(status, history, known.mayAct))}
    ${parts.section("last-change", "The last change", patchBox(facts.lastChange))}
    ${parts.section("conditions", "Conditions", conditionsTable(status))}
    ${parts.section("events", "Events", eventList(events))}
    <section id="logs" aria-labelledby="logs-heading" data-logs="${serviceLink(status)}">
      <h2 id="logs-heading">Logs</h2>
      <p><a href="${serviceLink(status)}/logs">The last lines of its containers</a></p>
    </section>`;
  return { title: `${project}/${service}`, place: "services", main, parts: parts.all };
}

function headOf(status: ServiceStatus): Html {
  const { service, image, activeDigest, desiredDigest, createdAt, replicas, revision, policy } = status;
  const isMoving = activeDigest !== desiredDigest && desiredDigest !== undefined;
  return html`<div id="head">
    <h1>${service} ${syncBadge(status)} ${healthBadge(status)}</h1>
    <p class="lead">${reasonOf(status)}</p>
    <dl class="facts">
      <div>
        <dt>Image</dt>
        <dd>${familiar(image)}${policy !== undefined && html` <span class="hint">by ${policy}</span>`}</dd>
      </div>
      <div>
        <dt>Runs</dt>
        <dd>${digest(activeDigest)}</dd>
      </div>
      ${
        isMoving &&
        html`<div>
          <dt>Wanted</dt>
          <dd>${digest(desiredDigest)}</dd>
        </div>`
      }
      <div>
        <dt>Revision</dt>
        <dd>${revision ?? "–"}</dd>
      </div>
      <div>
        <dt>Replicas</dt>
        <dd>${replicas.ready} of ${replicas.desired} serve</dd>
      </div>
      <div>
        <dt>Made</dt>
        <dd>${time(createdAt)}</dd>
      </div>
    </dl>
  </div>`;
}

function storyOf({ explanation }: ServiceFacts): Html {
  if (explanation === undefined) return html`<div id="story" hidden></div>`;
  const { sentences, next } = explanation;
  return html`<details id="story" class="story">
    <summary>In sentences</summary>
    <p>${sentences.map((sentence) => html`${shorten(sentence)} `)}</p>
    <p class="hint">What comes next: ${shorten(next.what)}.</p>
  </details>`;
}
