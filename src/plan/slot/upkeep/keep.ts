/*
 * A slot in which no rollout begins: what serves is kept, repaired and cleaned up after. New containers are no matter
 * of this folder.
 */

import type { ServiceSpec } from "../../../compose/model/service.js";
import { isItsTurn, restartCause, startObstacle, strandedBy } from "../../bonds/bonds.js";
import { contestFor, contestOutcome, isOpen } from "../../contest/contention.js";
import { planReload } from "../../files/reload.js";
import { leftStopped } from "../../judge/left.js";
import { isOver, overOutcome } from "../../judge/over.js";
import { endedFromOutside, formatMs } from "../../judge/verdict.js";
import { describeWedge, isWedged } from "../../judge/wedged.js";
import { isComplete } from "../../model/dependency.js";
import type { SlotMemory } from "../../model/desired.js";
import type { ObservedContainer } from "../../model/host/observed.js";
import { waitFor } from "../../model/outcome.js";
import type { Decision } from "../../model/outcome.js";
import { needsOf } from "../../model/host/resources.js";
import { isUp } from "../../model/view.js";
import type { SlotView, View } from "../../model/view.js";
import { planPostStart } from "../../steps/post-start.js";
import { restore, restorePolicy, startAnew } from "../../steps/steps.js";
import { planDrift } from "./altered.js";

/** A container that ends sooner than this after we started it is not mended by starting it again at once. */
const lastingMs = 10_000;
const longestPauseMs = 300_000;

/** Running, by its own restart policy; a crash loop is given longer and longer pauses. What was to end has ended. */
export function keepRunning(
  spec: ServiceSpec,
  active: ObservedContainer,
  view: SlotView,
  memory: SlotMemory,
): Decision {
  if (spec.oneShot === true) return leaveEnded(active);
  const running: Decision = {
    intents: restorePolicy(active),
    outcome: { kind: "converged", reason: "Converged", because: `${active.name} runs ${active.digest}` },
  };
  const drift = planDrift(spec, active, memory);
  if (drift !== undefined) return drift;
  if (active.state === "restarting") {
    const because = `${active.name} ends and restarts (exit code ${active.exitCode ?? "?"}, ${active.restartCount} restarts)`;
    return {
      intents: running.intents,
      outcome: {
        kind: "wait",
        until: view.now + 5_000,
        awaits: "host",
        standing: "crashing",
        reason: "CrashLooping",
        because,
      },
    };
  }
  if (active.state === "paused") {
    const because = `${active.name} is paused (docker unpause ${active.name} lets it go on)`;
    return {
      intents: running.intents,
      outcome: waitFor("person", "Paused", because),
    };
  }
  const lost = isUp(active) ? strandedBy(spec, active, view) : undefined;
  if (lost !== undefined) {
    return { intents: running.intents, outcome: waitFor("dependency", "WaitingForDependency", lost) };
  }
  const cause = isUp(active) ? restartCause(spec, active, view) : undefined;
  if (cause !== undefined) {
    if (!isItsTurn(spec, view)) return running;
    const outcome = { kind: "continue", reason: "Restarting", because: cause } as const;
    return { intents: [startAnew(active, spec, cause)], outcome };
  }
  if (isUp(active)) {
    const reload = planPostStart(spec, active, memory) ?? planReload(spec, active, view, memory);
    return reload === undefined ? running : { ...reload, intents: [...running.intents, ...reload.intents] };
  }
  const left = leftStopped(spec, active, view, memory);
  if (left !== undefined) return { intents: [], outcome: left };
  const isAsked = (memory.startAskedAt ?? 0) > (active.finishedAt ?? Infinity);
  if (!isAsked && isOver(spec, active, view, memory)) return { intents: running.intents, outcome: overOutcome(active) };
  const obstacle = startObstacle(spec, active, view);
  if (obstacle !== undefined) {
    return { intents: running.intents, outcome: waitFor("dependency", "WaitingForDependency", obstacle) };
  }
  if (isWedged(active, memory)) {
    const outcome = { kind: "failed", reason: "StartRefused", because: describeWedge(active) } as const;
    return { intents: running.intents, outcome };
  }
  const contest = contestFor(needsOf(active), spec, view);
  if (isOpen(contest)) return { intents: running.intents, outcome: contestOutcome(contest, view) };
  const resumeAt = crashPause(active, view, memory);
  if (resumeAt > view.now) {
    const pause = formatMs(resumeAt - view.now);
    const because = `${active.name} keeps ending (exit code ${active.exitCode ?? "?"}); it is started again in ${pause}`;
    return {
      intents: running.intents,
      outcome: { kind: "wait", until: resumeAt, awaits: "time", standing: "crashing", reason: "CrashLooping", because },
    };
  }
  const because =
    active.startedAt === undefined ? "it was never started" : `it ended (exit code ${active.exitCode ?? "?"})`;
  const outcome = { kind: "continue", reason: "Restoring", because } as const;
  return { intents: restore(active, because), outcome, heals: [active.slot] };
}

/** Whatever somebody has done with it since, it has completed once. */
function leaveEnded(active: ObservedContainer): Decision {
  const because = isComplete(active)
    ? `${active.name} has completed with ${active.digest}`
    : `${active.name} had completed; somebody else has started it since, and it is ${active.state}`;
  return { intents: [], outcome: { kind: "converged", reason: "Converged", because } };
}

function crashPause(active: ObservedContainer, view: View, memory: SlotMemory): number {
  const { startedAt, finishedAt } = active;
  if (memory.heals === 0 || startedAt === undefined || finishedAt === undefined) return 0;
  if (finishedAt - startedAt >= lastingMs || endedFromOutside(active, view)) return 0;
  return finishedAt + Math.min(longestPauseMs, 1_000 * 2 ** Math.min(memory.heals - 1, 20));
}
