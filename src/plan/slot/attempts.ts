import type { ImageVersion } from "../../compose/values/image.js";
import { formatMs } from "../judge/verdict.js";
import type { Desired, SlotMemory } from "../model/desired.js";
import type { Outcome } from "../model/outcome.js";
import type { SlotView } from "../model/view.js";

const firstPauseMs = 10_000;
const longestPauseMs = 1_800_000;

/** Each attempt stops what serves for a moment: the host is given longer and longer to get well. Undefined: it may begin. */
export function pauseAfter(
  { specHash }: Desired,
  digest: ImageVersion,
  { now, slot: own }: SlotView,
  { attempts = [] }: SlotMemory,
): Outcome | undefined {
  const failed = attempts.filter(
    ({ slot = 1, ...attempt }) => attempt.specHash === specHash && attempt.digest === digest && slot === own,
  );
  const last = failed.at(-1);
  // One that is still to come was written down by a clock that has been set back since.
  if (last === undefined || last.at > now) return undefined;
  const until = last.at + Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failed.length - 1, 20));
  if (until <= now) return undefined;
  const because = `${last.message}; it is tried again in ${formatMs(until - now)}`;
  return { kind: "wait", until, awaits: "host", reason: last.reason, because };
}
