import { formatTime } from "../../tools/time.js";
import type { Desired, Memory } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import type { Outcome, Decision } from "../model/outcome.js";
import { inEverySlot, isUp, slotOf } from "../model/view.js";
import type { View } from "../model/view.js";
import { retire } from "../steps/steps.js";
import { putAway } from "./trial.js";

/** Why the service is to be off now. Undefined: it is to run. */
export function stopOf({ spec }: Pick<Desired, "spec">, { stopped }: Memory, now: number): Outcome | undefined {
  if (spec.stopped === true) {
    const because = "the file says `stopped`: it is off until it says otherwise";
    return { kind: "blocked", standing: "stopped", reason: "Stopped", because, lasts: true };
  }
  if (stopped === undefined || (stopped.until !== undefined && stopped.until <= now)) return undefined;
  const since = `a person has stopped it at ${formatTime(stopped.at)}`;
  const until = `\`fairlead start ${spec.project}/${spec.name}\``;
  if (stopped.until === undefined) {
    const because = `${since}: it is off until ${until}`;
    return { kind: "blocked", standing: "stopped", reason: "Stopped", because, lasts: true };
  }
  const because = `${since}: it is off until ${formatTime(stopped.until)}, or ${until}`;
  const told = { reason: "Stopped", because, lasts: true } as const;
  return { kind: "wait", until: stopped.until, awaits: "person", standing: "stopped", ...told };
}

/** What runs of it ends, and cannot come back by itself; what had not proved itself is for another rollout to begin anew. */
export function planStopped(stop: Outcome, { spec }: Desired, view: View): Decision {
  const because = stop.because;
  const intents: Intent[] = [
    ...inEverySlot(view.containers, "next").flatMap((next) => [
      ...retire(next, spec, because),
      ...putAway(next, because, slotOf(view, next.slot)),
    ]),
    ...inEverySlot(view.containers, "active").flatMap((active) => retire(active, spec, because)),
    ...inEverySlot(view.containers, "stray")
      .filter(isUp)
      .flatMap((stray) => retire(stray, spec, because)),
  ];
  if (intents.length === 0) return { intents, outcome: stop };
  return { intents, outcome: { kind: "continue", standing: "stopped", reason: "Stopped", because } };
}
