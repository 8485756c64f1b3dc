import type { ServiceStatus } from "../../../plan/model/condition.js";
import { digest, healthBadge, serviceLink, syncBadge, time } from "../html/bits.js";
import { html, type Html } from "../html/html.js";
import { Parts, type View } from "../html/view.js";
import type { Known } from "./pieces/known.js";
import { noticesPart } from "./pieces/notices.js";
import { orderButton, type Verb } from "./pieces/orders.js";
import { reasonOf, shortened } from "./pieces/reason.js";
import { awaits, conditionOf } from "./pieces/standing.js";

interface Group {
  readonly id: string;
  readonly heading: string;
  readonly what: string;
  readonly has: (status: ServiceStatus) => boolean;
  readonly verbs: readonly Verb[];
}

const waitsFor = (reason: string) => (status: ServiceStatus) => awaits(status)?.reason === reason;

const groups: readonly Group[] = [
  {
    id: "approvals",
    heading: "For a person",
    what: "A rollout is ready and waits for an approval.",
    has: waitsFor("WaitingForApproval"),
    verbs: ["approve", "pause"],
  },
  {
    id: "holds",
    heading: "Held",
    what: "What was tried has failed; it is not tried again until the image or the file changes, or somebody says so.",
    has: ({ sync }) => sync === "Held",
    verbs: ["retry", "rollback"],
  },
  {
    id: "windows",
    heading: "For a window",
    what: "A rollout waits for its maintenance window.",
    has: waitsFor("WaitingForWindow"),
    verbs: ["pause"],
  },
  {
    id: "ripening",
    heading: "For its age",
    what: "An image has to be old enough first.",
    has: waitsFor("WaitingForAge"),
    verbs: ["pause"],
  },
  {
    id: "pins",
    heading: "Pinned",
    what: "A person has gone back to an earlier revision.",
    has: ({ pinned }) => pinned !== undefined,
    verbs: ["resume"],
  },
  {
    id: "pauses",
    heading: "Paused",
    what: "No rollout begins; repairs go on.",
    has: ({ sync }) => sync === "Paused",
    verbs: ["resume"],
  },
  {
    id: "stops",
    heading: "Off",
    what: "A person or the file has stopped it.",
    has: ({ sync }) => sync === "Stopped",
    verbs: ["start"],
  },
];

/** What goes on only when a time has come or a person says so. */
export function waitingView(known: Known): View {
  const parts = new Parts();
  const sections = groups.map((group) => {
    const services = known.services.filter(group.has);
    return parts.section(
      group.id,
      group.heading,
      services.length === 0 ? undefined : listOf(group, services, known.mayAct),
    );
  });
  const isEmpty = !known.services.some((status) => groups.some(({ has }) => has(status)));
  const main = html`${noticesPart(parts, known)}
    <h1>Waiting</h1>
    ${parts.add("none", html`<p id="none" class="empty" ${!isEmpty && html` hidden`}>Nothing waits for a time or a person.</p>`)}
    ${sections}`;
  return { title: "Waiting", place: "waiting", main, parts: parts.all };
}

export function waitingCount(services: readonly ServiceStatus[]): number {
  return services.filter((status) => awaits(status) !== undefined || status.sync === "Held").length;
}

function listOf({ what, verbs }: Group, services: readonly ServiceStatus[], mayAct: boolean): Html {
  return html`<p class="hint">${what}</p>
    <ul class="cards">
      ${services.map((status) => cardOf(status, verbs, mayAct))}
    </ul>`;
}

function cardOf(status: ServiceStatus, verbs: readonly Verb[], mayAct: boolean): Html {
  const { project, service, desiredDigest, activeDigest, pinned } = status;
  const awaited = awaits(status);
  const since = (awaited ?? conditionOf(status, "Ready"))?.lastTransitionTime;
  const isNew = desiredDigest !== undefined && desiredDigest !== activeDigest;
  const approved = desiredDigest === undefined ? {} : { digest: desiredDigest };
  return html`<li>
    <div class="line">
      <a href="${serviceLink(status)}"><span class="of">${project}/</span>${service}</a> ${syncBadge(status)}
      ${healthBadge(status)}
    </div>
    <p>
      ${awaited === undefined ? reasonOf(status) : html`<span class="reason">${awaited.reason}</span> ${shortened(awaited.message)}`}
    </p>
    <p class="hint">
      ${digest(activeDigest)}${isNew && html` → ${digest(desiredDigest)}`}${pinned !== undefined && ` · revision ${pinned.revision}`}
      · ${time(since)}
    </p>
    <div class="orders">
      ${verbs.map((verb) => orderButton(status, verb, { mayAct, query: verb === "approve" ? approved : {} }))}
    </div>
  </li>`;
}
