import type {
  HealthProgress,
  ProgressStep,
  PullProgress,
  RolloutProgress,
} from "../../../../control/progress/model.js";
import { badge, countdown, digest, outcomeTones, spanOf, time } from "../../html/bits.js";
import { html, lines, type Html } from "../../html/html.js";
import { shortened } from "./reason.js";

/** An ended one stays to be seen for so long. */
const staysMs = 10 * 60_000;

/** What is done for a service at this moment, or was done a moment ago, step by step. Undefined: nothing. */
export function rolloutBox(rollout: RolloutProgress | null | undefined, now: number): Html | undefined {
  if (rollout === null || rollout === undefined) return undefined;
  const { revision, from, to, cause, beganAt, endedAt, outcome, message, steps, moreSteps, pull, health } = rollout;
  if (endedAt !== undefined && now - Date.parse(endedAt) > staysMs) return undefined;
  const isOver = endedAt !== undefined;
  const tone = isOver ? (outcome === "promoted" || outcome === "done" ? "good" : toneOf(outcome)) : "busy";
  return html`<div class="rollout ${tone}">
    <p class="line">
      ${badge(isOver ? (outcome ?? "ended") : "under way", tone)}
      ${revision !== undefined && html`<b>Revision ${revision}</b>`}
      ${from !== undefined && html`${digest(from)} <span aria-label="to">→</span>`} ${to !== undefined && digest(to)}
      <span class="hint"
        >began
        ${time(beganAt)}${isOver ? html`, took ${spanOf(beganAt, endedAt)}` : ""}${cause !== undefined && html`, asked for by ${cause}`}</span
      >
    </p>
    ${message !== undefined && html`<p>${shortened(message)}</p>`} ${pull !== null && pullBox(pull, isOver)}
    <ol class="steps">
      ${steps.map(stepItem)}${moreSteps > 0 && html`<li class="waiting">${moreSteps} more steps</li>`}
    </ol>
    ${health !== null && healthBox(health, isOver)}
  </div>`;
}

function toneOf(outcome: RolloutProgress["outcome"]) {
  if (outcome === "blocked") return "bad";
  if (outcome === "deferred" || outcome === undefined || outcome === "done") return "note";
  return outcomeTones[outcome];
}

const stateWords = { waiting: "to come", running: "under way", done: "done", failed: "failed" } as const;

function stepItem({ text, state, beganAt, endedAt, message }: ProgressStep): Html {
  const took =
    beganAt !== undefined && endedAt !== undefined && html`<span class="took">${spanOf(beganAt, endedAt)}</span>`;
  const runs =
    state === "running" && beganAt !== undefined && html`<time class="took" datetime="${beganAt}" data-since></time>`;
  return html`<li class="${state}">
    <span class="unseen">${stateWords[state]}: </span>${shortened(text)}
    ${took}${runs}${message !== undefined && html`<p class="hint">${shortened(message)}</p>`}
  </li>`;
}

function pullBox({ reference, bytes, total, bytesPerSecond, layers }: PullProgress, isOver: boolean): Html | undefined {
  const own = layers.filter(({ state }) => state !== "there");
  const isDone = own.every(({ state }) => state === "done");
  if (isOver || isDone || own.length === 0) return undefined;
  const rate = bytesPerSecond === undefined ? "" : `, ${sizeOf(bytesPerSecond)}/s`;
  const done = own.filter(({ state }) => state === "done").length;
  return html`<div class="pull">
    <label>Pull of ${shortened(reference)}: ${sizeOf(bytes)}${total !== undefined && ` of ${sizeOf(total)}`}${rate}, ${done} of ${own.length} layers
    <progress${total !== undefined && html` max="${total}" value="${Math.min(bytes, total)}"`}></progress></label>
  </div>`;
}

const healthWords = {
  starting: "has to become healthy",
  healthy: "is healthy, and has to stay so",
  running: "runs, and has to go on so",
  unhealthy: "is unhealthy",
  ended: "has ended",
} as const;

function healthBox({ container, state, deadline, probe }: HealthProgress, isOver: boolean): Html {
  const isBad = state === "unhealthy" || state === "ended";
  const rest = !isOver && deadline !== undefined && html`: ${countdown(deadline)} left`;
  const output =
    probe === null || probe.output === ""
      ? undefined
      : html`<pre tabindex="0" role="group" aria-label="What its check said last">${lines(probe.output)}</pre>`;
  return html`<div class="health">
    <p>
      ${badge(state, isBad ? "bad" : state === "starting" ? "busy" : "good")} ${container}
      ${healthWords[state]}${rest}${probe?.exitCode !== undefined && html` <span class="hint">its check ended with ${probe.exitCode}</span>`}
    </p>
    ${output}
  </div>`;
}

function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(0)} kB`;
  return bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}
