import type { Intent } from "../model/intent.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { isUp } from "../model/view.js";

/** The slot that it changes; undefined: none, or what it does there keeps nobody from anything. */
export function slotIn(intent: Intent): number | undefined {
  if (intent.kind === "create") return intent.step.job === undefined ? intent.step.slot : undefined;
  if (intent.kind === "keep-logs") return intent.job === undefined ? intent.slot : undefined;
  if (!("one" in intent)) return undefined;
  return intent.one.job === undefined ? intent.one.slot : undefined;
}

/** Those that run and are to stop for good. */
export function endedBy(intents: readonly Intent[]): ReadonlySet<ObservedContainer> {
  return new Set(intents.flatMap((intent) => (intent.kind === "end" && isUp(intent.one) ? [intent.one] : [])));
}

/** The same, with those that start again. */
export function stoppedBy(intents: readonly Intent[]): ReadonlySet<ObservedContainer> {
  const restarted = intents.flatMap((intent) => (intent.kind === "restart" ? [intent.one] : []));
  return new Set([...endedBy(intents), ...restarted]);
}

/** Those that do not run any more when this one is begun, though they may start again. */
export function downBefore(intents: readonly Intent[], begun: Intent): ReadonlySet<ObservedContainer> {
  const before = intents.slice(0, intents.indexOf(begun));
  const stopped = before.flatMap((intent) => (intent.kind === "stop" ? [intent.one] : []));
  return new Set([...stoppedBy(before), ...stopped]);
}

/** Those that serve from then on: so they have proved themselves. */
export function promotedBy(intents: readonly Intent[]): ReadonlySet<ObservedContainer> {
  return new Set(intents.flatMap((intent) => (intent.kind === "name" && intent.as === "active" ? [intent.one] : [])));
}

/** Without the end of these, and without what comes after it in their slots; other slots go on. */
export function withhold(intents: readonly Intent[], ones: ReadonlySet<ObservedContainer>): readonly Intent[] {
  const held = new Set<number>();
  return intents.filter((intent) => {
    if (intent.kind === "end" && ones.has(intent.one)) held.add(intent.one.slot);
    return !held.has(slotIn(intent) ?? 0);
  });
}

/** Without what happens in these slots, but for what makes a new container there: that takes nothing away from anybody. */
export function untilBorn(intents: readonly Intent[], slots: ReadonlySet<number>): readonly Intent[] {
  return intents.filter((intent) => !slots.has(slotIn(intent) ?? 0) || intent.kind === "create");
}

export function isBirthIn(slots: ReadonlySet<number>): (intent: Intent) => boolean {
  return (intent) => intent.kind === "create" && slots.has(slotIn(intent) ?? 0);
}
