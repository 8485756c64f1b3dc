import type { ServiceStatus } from "../../../../plan/model/condition.js";
import { html, type Html } from "../../html/html.js";
import { conditionOf } from "./standing.js";

/** Why it stands so, in one sentence. */
export function reasonOf(status: ServiceStatus): Html {
  const ready = conditionOf(status, "Ready");
  if (ready === undefined) return html`not looked at yet`;
  return html`<span class="reason">${ready.reason}</span> ${shortened(ready.message)}`;
}

/** Of digests the first twelve digits, and no word of how they are made. */
export function shortened(text: string): string {
  return text.replace(/sha256:([0-9a-f]{12})[0-9a-f]{52}/g, "$1");
}
