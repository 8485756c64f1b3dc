import type { Desired, Memory } from "./desired.js";
import { putAway } from "./next.js";
import type { Outcome, Plan } from "./outcome.js";
import type { Step } from "./step.js";
import { retire } from "./steps.js";
import { formatTime } from "./time.js";
import { inEverySlot, isUp, slotOf } from "./view.js";
import type { View } from "./view.js";

/** Why the service is to be off now. Undefined: it is to run. */
export function stopOf({ spec }: Pick<Desired, "spec">, { stopped }: Memory, now: number): Outcome | undefined {
  if (spec.stopped === true) {
    const because = "the file says `stopped`: it is off until it says otherwise";
    return { kind: "blocked", reason: "Stopped", because };
  }
  if (stopped === undefined || (stopped.until !== undefined && stopped.until <= now)) return undefined;
  const since = `a person has stopped it at ${formatTime(stopped.at)}`;
  const until = `\`fairlead start ${spec.project}/${spec.name}\``;
  if (stopped.until === undefined) {
    return { kind: "blocked", reason: "Stopped", because: `${since}: it is off until ${until}` };
  }
  const because = `${since}: it is off until ${formatTime(stopped.until)}, or ${until}`;
  return { kind: "wait", until: stopped.until, reason: "Stopped", because };
}

/** What runs of it ends, and cannot come back by itself; what had not proved itself is for another rollout to begin anew. */
export function planStopped(stop: Outcome, { spec }: Desired, view: View): Plan {
  const because = stop.because;
  const steps: Step[] = [
    ...inEverySlot(view.containers, "next").flatMap((next) => [
      ...retire(next, spec, because),
      ...putAway(next, because, slotOf(view, next.slot)),
    ]),
    ...inEverySlot(view.containers, "active").flatMap((active) => retire(active, spec, because)),
    ...inEverySlot(view.containers, "stray")
      .filter(isUp)
      .flatMap((stray) => retire(stray, spec, because)),
  ];
  if (steps.length === 0) return { steps, outcome: stop };
  return { steps, outcome: { kind: "continue", reason: "Stopped", because } };
}
