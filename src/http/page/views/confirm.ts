import type { ServicePlan } from "../../../control/surface/forecast/service-plan.js";
import { serviceLink } from "../html/bits.js";
import { html, lines, type Html } from "../html/html.js";
import { Parts, type View } from "../html/view.js";
import { orderWords, type Verb } from "./pieces/orders.js";
import { shortened } from "./pieces/reason.js";

export interface Confirmation {
  readonly project: string;
  readonly service: string;
  readonly verb: Verb;
  /** What the order says besides: the revision, the digest, how long. */
  readonly to?: string | undefined;
  readonly digest?: string | undefined;
  readonly for?: string | undefined;
  /** What was written before, where something was wrong with it. */
  readonly reason?: string | undefined;
  readonly plan: ServicePlan | undefined;
  /** Why it cannot be done. */
  readonly refusal?: { readonly message: string; readonly remedy?: string | undefined } | undefined;
  readonly mayAct: boolean;
}

/** What an order will do, and the question whether it is meant. */
export function confirmView(confirmation: Confirmation): View {
  const { project, service, verb } = confirmation;
  const { label } = orderWords[verb];
  const title = `${label} ${project}/${service}`;
  const main = html`<nav class="crumbs" aria-label="You are here">
      <a href="/">Services</a> <span aria-hidden="true">/</span>
      <a href="${serviceLink(confirmation)}">${project}/${service}</a>
    </nav>
    ${formOf(confirmation)}`;
  return { title, place: "services", main, parts: new Parts().all };
}

function formOf(confirmation: Confirmation): Html {
  const { project, service, verb, to, digest, plan, refusal, mayAct, reason = "" } = confirmation;
  const { label, what, tone = "strong" } = orderWords[verb];
  const link = serviceLink(confirmation);
  return html`<form
    class="confirm"
    id="confirm"
    method="post"
    action="${link}/${verb}"
    aria-labelledby="confirm-heading"
  >
    <h1 id="confirm-heading">
      ${label} <span class="of">${project}/</span>${service}${to !== undefined && html` to ${/^\d+$/.test(to) ? `revision ${to}` : to}`}?
    </h1>
    <p>${what}</p>
    ${refusal !== undefined && html`<p class="notice" role="alert">${shortened(refusal.message)}${refusal.remedy !== undefined && `: ${refusal.remedy}`}</p>`}
    ${plan !== undefined && planOf(plan)} ${to !== undefined && html`<input type="hidden" name="to" value="${to}" />`}
    ${digest !== undefined && html`<input type="hidden" name="digest" value="${digest}" />`}
    ${verb === "stop" && html`<label>For how long <input name="for" value="${confirmation.for ?? ""}" placeholder="2h; empty: until it is started" autocomplete="off" /></label>`}
    <label
      >Why
      <input
        name="reason"
        value="${reason}"
        maxlength="300"
        placeholder="for the journal; may be empty"
        autocomplete="off"
    /></label>
    <div class="orders">
      <button class="order ${tone}" ${!mayAct && html` disabled`}>${label}</button>
      <a class="order" href="${link}" data-close>Cancel</a>
    </div>
    ${!mayAct && html`<p class="hint">You are signed in to look only.</p>`}
  </form>`;
}

function planOf({ text, error }: ServicePlan): Html {
  return html`<h2 id="plan-heading">What will happen</h2>
    ${error !== undefined && html`<p class="notice">${shortened(error)}</p>`}
    <pre class="plan" tabindex="0" role="group" aria-labelledby="plan-heading">${lines(shortened(text))}</pre>`;
}
