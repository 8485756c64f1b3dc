import type { Order } from "../../../../control/surface/surface.js";
import type { ServiceStatus } from "../../../../plan/model/condition.js";
import { serviceLink } from "../../html/bits.js";
import { html, type Html } from "../../html/html.js";
import { awaits, conditionOf } from "./standing.js";

export type Verb = Order["verb"];

interface Words {
  readonly label: string;
  /** What follows, in one sentence, whatever the plan says. */
  readonly what: string;
  readonly tone?: "strong" | "grave";
}

export const orderWords: Readonly<Record<Verb, Words>> = {
  reconcile: { label: "Reconcile", what: "The service is looked at now, and its registry is asked again." },
  approve: {
    label: "Approve",
    what: "What is wanted now may go ahead: this digest and spec, and no other.",
    tone: "strong",
  },
  retry: { label: "Retry", what: "What failed and is held is tried again.", tone: "strong" },
  resume: { label: "Resume", what: "The service follows its file and its tag again.", tone: "strong" },
  start: { label: "Start", what: "The service runs again.", tone: "strong" },
  adopt: {
    label: "Adopt",
    what: "The containers that others have made for the service are taken over.",
    tone: "strong",
  },
  build: { label: "Build", what: "Its image is built again, whether its inputs have changed or not." },
  pause: { label: "Pause", what: "No rollout begins until somebody resumes it. Repairs go on." },
  rollback: {
    label: "Roll back",
    what: "The service goes back to an earlier revision and stays there until somebody resumes it.",
    tone: "grave",
  },
  stop: {
    label: "Stop",
    what: "The service is off until somebody starts it: no repair and no rollout starts it before.",
    tone: "grave",
  },
};

/** What makes sense as the service stands, the most urgent first. */
export function ordersFor(status: ServiceStatus, { hasEarlier }: { readonly hasEarlier: boolean }): readonly Verb[] {
  const { sync, pinned, health } = status;
  const ready = conditionOf(status, "Ready");
  const reason = ready?.reason;
  if (reason === "Orphaned" || reason === "Removing") return [];
  const isOff = sync === "Stopped";
  const hasFailed = sync === "Held" || health === "Degraded" || ready?.status === "False";
  const verbs: readonly (Verb | false)[] = [
    awaits(status)?.reason === "WaitingForApproval" && "approve",
    (reason === "NameConflict" || reason === "StrayContainer") && "adopt",
    isOff && "start",
    (sync === "Paused" || pinned !== undefined) && "resume",
    hasFailed && !isOff && "retry",
    (reason === "Building" || reason === "BuildFailed") && "build",
    "reconcile",
    sync !== "Paused" && !isOff && "pause",
    hasEarlier && !isOff && "rollback",
    !isOff && "stop",
  ];
  return verbs.filter((verb) => verb !== false);
}

/** They lead to a page that says what will happen, and asks. */
export function orderButtons(status: ServiceStatus, verbs: readonly Verb[], mayAct: boolean): Html {
  return html`<div class="orders">${verbs.map((verb) => orderButton(status, verb, { mayAct }))}</div>`;
}

export function orderButton(
  of: Pick<ServiceStatus, "project" | "service">,
  verb: Verb,
  { mayAct, query = {}, label }: { mayAct: boolean; query?: Readonly<Record<string, string>>; label?: string },
): Html {
  const { label: usual, tone = "" } = orderWords[verb];
  const word = label ?? usual;
  if (!mayAct)
    return html`<button type="button" class="order ${tone}" disabled title="You are signed in to look only">
      ${word}
    </button>`;
  const search = new URLSearchParams(query).toString();
  const href = `${serviceLink(of)}/${verb}${search === "" ? "" : `?${search}`}`;
  return html`<a class="order ${tone}" href="${href}" data-order>${word}</a>`;
}
