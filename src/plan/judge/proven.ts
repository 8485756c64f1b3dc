import type { Desired, SlotMemory } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import { isUp } from "../model/view.js";
import { discard } from "../steps/steps.js";
import type { Verdict } from "./verdict.js";

export interface Judgement {
  readonly desired: Desired;
  readonly next: ObservedContainer;
  readonly active: ObservedContainer | undefined;
  readonly failure: Extract<Verdict, { kind: "failed" }>;
  readonly memory: SlotMemory;
}

/**
 * What has proved itself before is not held by a judgement on itself while nothing else serves: to hold it would leave
 * nothing at all. As long as it runs it is left to get well; what has ended is tried again from the start.
 */
export function spareProven({ desired, next, active, failure, memory }: Judgement): Decision | undefined {
  const { spec, specHash } = desired;
  const { fault, reason, because } = failure;
  const { stableDigest, stableSpec = specHash } = memory;
  const isProven = next.digest === stableDigest && next.specHash === stableSpec;
  if (!isProven || active !== undefined || spec.oneShot === true) return undefined;
  const why = `${because}; it has served before, and nothing else does`;
  if (isUp(next)) {
    const standing = fault === "check" || fault === "deadline" ? "unhealthy" : "crashing";
    const left = `${why}: it is left to get well`;
    return {
      intents: [],
      outcome: { kind: "wait", until: undefined, awaits: "health", standing, reason, because: left },
    };
  }
  return {
    intents: discard(next, spec, `${why}: it is tried again`),
    outcome: { kind: "failed", reason, because: why },
  };
}
