import type { CrashLoop, Memory } from "../model/desired.js";
import type { Plan } from "../model/outcome.js";
import { inEverySlot } from "../model/view.js";
import type { View } from "../model/view.js";
import { formatMs } from "./verdict.js";

/** Well at last is what has been up for so many of its usual lives, and no less than so long. */
const lives = 3;
const leastMs = 10_000;
const unseenMs = 60_000;

/** Between its ends it runs, and each look alone would find it well: it is not before it has been up for long enough. */
export function withCrashLoops(plan: Plan, view: View, { crashLoops }: Pick<Memory, "crashLoops">): Plan {
  if (plan.outcome.kind !== "converged" || crashLoops === undefined) return plan;
  const [worst] = inEverySlot(view.containers, "active")
    .flatMap(({ id, name, state, startedAt }) => {
      const loop = crashLoops.get(id);
      if (loop === undefined || state !== "running" || startedAt === undefined) return [];
      return { name, loop, until: startedAt + steadyMs(loop) };
    })
    .filter(({ until }) => until > view.now)
    .sort((one, other) => other.until - one.until);
  if (worst === undefined) return plan;
  const { name, loop, until } = worst;
  const usual = loop.usualMs === undefined ? "" : `, usually after ${formatMs(loop.usualMs)}`;
  const because = `${name} has ended ${loop.ends} times${usual}: it counts as well once it has been up for ${formatMs(steadyMs(loop))}`;
  return {
    ...plan,
    outcome: { kind: "wait", until, awaits: "time", standing: "crashing", reason: "CrashLooping", because },
  };
}

function steadyMs({ usualMs }: CrashLoop): number {
  return usualMs === undefined ? unseenMs : Math.max(leastMs, lives * usualMs);
}
