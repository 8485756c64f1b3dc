import type { Replica, Replicas, Task } from "../../../../control/surface/replicas.js";
import { badge, digest, time, type Tone } from "../../html/bits.js";
import { html, type Html } from "../../html/html.js";
import { shortened } from "./reason.js";

const roles = {
  ...{ active: "serves", next: "to prove itself", previous: "the way back", failed: "kept for inspection" },
  stray: "in no role",
} as const;

export function replicasTable({ replicas, gate }: Replicas): Html {
  if (replicas.length === 0) return html`<p class="empty">No container of it is there.</p>`;
  const isGated = gate !== undefined;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Replicas">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Container</th>
            <th scope="col">Part</th>
            <th scope="col">State</th>
            <th scope="col">Runs</th>
            ${isGated && html`<th scope="col">Gate</th>`}
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          ${replicas.map((one) => rowOf(one, isGated))}
        </tbody>
      </table>
    </div>
    ${tasksTable(replicas)} ${isGated && html`<p class="hint">${gate.container} is before it: ${gate.known ? `${gate.underWay} under way` : "it has not been asked yet"}.</p>`}`;
}

function rowOf(replica: Replica, isGated: boolean): Html {
  const { container, role, revision, startedAt, gate, restarts, problem } = replica;
  const [word, tone] = stateOf(replica);
  const more = [
    ...(restarts > 0 ? [`restarted ${restarts} times`] : []),
    ...(problem === undefined || problem === "" ? [] : [shortened(problem)]),
  ].join("; ");
  return html`<tr class="${role}">
    <th scope="row">${container}</th>
    <td>${roles[role]}</td>
    <td>${badge(word, tone)} ${more}</td>
    <td>${digest(replica.digest)} <span class="hint">r${revision}</span></td>
    ${isGated && html`<td>${gateOf(gate)}</td>`}
    <td>${time(startedAt)}</td>
  </tr>`;
}

/** On a cluster: where each task is, and what has become of it. */
function tasksTable(replicas: readonly Replica[]): Html | false {
  const rows = replicas.flatMap(({ container, tasks = [] }) => tasks.map((task) => ({ container, ...task })));
  if (rows.length === 0) return false;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Tasks">
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Task</th>
          <th scope="col">Of</th>
          <th scope="col">Node</th>
          <th scope="col">State</th>
          <th scope="col">Since</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(taskRow)}
      </tbody>
    </table>
  </div>`;
}

function taskRow({ container, task, slot, node, state, error, since }: Task & { readonly container: string }): Html {
  const tone = state === "running" || state === "complete" ? "good" : error === undefined ? "busy" : "bad";
  return html`<tr>
    <th scope="row">${slot === undefined ? "" : `${slot}.`}${task.slice(0, 12)}</th>
    <td>${container}</td>
    <td>${node ?? "–"}</td>
    <td>${badge(state, tone)} ${error === undefined ? "" : shortened(error)}</td>
    <td>${time(since)}</td>
  </tr>`;
}

function gateOf(gate: Replica["gate"]): string {
  if (gate === undefined) return "–";
  return `${gate.open ? "gets work" : "gets no new work"}, ${gate.underWay} under way`;
}

function stateOf({ state, health, exitCode, role }: Replica): readonly [string, Tone] {
  if (state === "running") {
    if (health === "healthy") return ["healthy", "good"];
    if (health === "unhealthy") return ["unhealthy", "bad"];
    return health === "starting" ? ["starting", "busy"] : ["running", "good"];
  }
  const word = exitCode === undefined ? state : `${state} (${exitCode})`;
  return [word, role === "active" && state !== "created" ? "bad" : "off"];
}
