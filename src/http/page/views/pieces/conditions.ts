import type { Condition, ServiceStatus } from "../../../../plan/model/condition.js";
import { badge, time } from "../../html/bits.js";
import { html, type Html } from "../../html/html.js";
import { shortened } from "./reason.js";

/** Those of which `True` is bad news. */
const troubles: ReadonlySet<Condition["type"]> = new Set(["RolledBack", "StaleMount", "LocalChanges"]);

export function conditionsTable({ conditions }: ServiceStatus): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="All conditions"><table class="plain">
    <thead>
      <tr>
        <th scope="col">Condition</th>
        <th scope="col">Status</th>
        <th scope="col">Reason</th>
        <th scope="col">Since</th>
      </tr>
    </thead>
    <tbody>
      ${conditions.map(
        (one) =>
          html`<tr>
            <th scope="row">${one.type}</th>
            <td>${badge(one.status, toneOf(one))}</td>
            <td><span class="reason">${one.reason}</span> ${shortened(one.message)}</td>
            <td>${time(one.lastTransitionTime)}</td>
          </tr>`,
      )}
    </tbody>
  </table></div>`;
}

function toneOf({ type, status }: Condition) {
  if (status === "Unknown") return "off";
  if (type === "Progressing") return status === "True" ? "busy" : "off";
  const isWell = (status === "True") !== troubles.has(type);
  return isWell ? (status === "True" ? "good" : "off") : "bad";
}
