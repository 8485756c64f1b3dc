import type { ServiceKey } from "../../compose/model/service.js";
import { keyOf } from "../../plan/model/host/observed.js";
import type { ObservedContainer } from "../../plan/model/host/observed.js";
import type { Outcome } from "../../plan/model/outcome.js";

/** Answers what lets the key go again. Undefined: it is being worked on. */
type Hold = (key: ServiceKey) => (() => void) | undefined;

/** Another service's run does not take long, as a rule. */
const pollMs = 400;

/**
 * Those whose containers make room must not find out half way and do something about it: none of their runs begins until
 * the answer is called. Undefined: one is under way, and nothing is held.
 */
export function holdAll(own: ServiceKey, moved: readonly ObservedContainer[], hold: Hold): (() => void) | undefined {
  const keys = new Set(moved.map(keyOf));
  keys.delete(own);
  const held: (() => void)[] = [];
  const releaseAll = () => {
    for (const release of held) release();
  };
  for (const key of keys) {
    const release = hold(key);
    if (release === undefined) {
      releaseAll();
      return undefined;
    }
    held.push(release);
  }
  return releaseAll;
}

/** Two that find each other at work must not come back at the same moment again and again. */
export function awaitOthers(own: ServiceKey, moved: readonly ObservedContainer[], now: number): Outcome {
  const isFirst = moved.every((one) => own <= keyOf(one));
  const because = `${moved.map(({ name }) => name).join(", ")} has to make room, and is being worked on`;
  return {
    kind: "wait",
    until: now + (isFirst ? pollMs : 2 * pollMs),
    awaits: "turn",
    reason: "WaitingForTurn",
    because,
  };
}
