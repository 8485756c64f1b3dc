import type { SlotMemory } from "./desired.js";
import type { ObservedContainer } from "./observed.js";
import type { Plan } from "./outcome.js";
import { restore, restorePolicy } from "./steps.js";
import { endedFromOutside, formatMs } from "./verdict.js";
import { isUp } from "./view.js";
import type { View } from "./view.js";

/** A container that ends sooner than this after we started it is not mended by starting it again at once. */
const lastingMs = 10_000;
const longestPauseMs = 300_000;

/** Running, by its own restart policy; a crash loop is given longer and longer pauses. */
export function keepRunning(active: ObservedContainer, view: View, memory: SlotMemory): Plan {
  const running: Plan = {
    steps: restorePolicy(active),
    outcome: { kind: "converged", reason: "Converged", because: `${active.name} runs ${active.digest}` },
  };
  if (active.state === "restarting") {
    const because = `${active.name} ends and restarts (exit code ${active.exitCode ?? "?"}, ${active.restartCount} restarts)`;
    return {
      steps: running.steps,
      outcome: { kind: "wait", until: view.now + 5_000, reason: "CrashLooping", because },
    };
  }
  if (active.state === "paused") {
    const because = `${active.name} is paused (docker unpause ${active.name} lets it go on)`;
    return { steps: running.steps, outcome: { kind: "wait", until: undefined, reason: "Paused", because } };
  }
  if (isUp(active)) return running;
  const resumeAt = crashPause(active, view, memory);
  if (resumeAt > view.now) {
    const pause = formatMs(resumeAt - view.now);
    const because = `${active.name} keeps ending (exit code ${active.exitCode ?? "?"}); it is started again in ${pause}`;
    return { steps: running.steps, outcome: { kind: "wait", until: resumeAt, reason: "CrashLooping", because } };
  }
  const because =
    active.startedAt === undefined ? "it was never started" : `it ended (exit code ${active.exitCode ?? "?"})`;
  const outcome = { kind: "continue", reason: "Restoring", because } as const;
  return { steps: restore(active, because), outcome, heals: [active.slot] };
}

function crashPause(active: ObservedContainer, view: View, memory: SlotMemory): number {
  const { startedAt, finishedAt } = active;
  if (memory.heals === 0 || startedAt === undefined || finishedAt === undefined) return 0;
  if (finishedAt - startedAt >= lastingMs || endedFromOutside(active, view)) return 0;
  return finishedAt + Math.min(longestPauseMs, 1_000 * 2 ** Math.min(memory.heals - 1, 20));
}
