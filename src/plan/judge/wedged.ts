import type { SlotMemory } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { isUp } from "../model/view.js";
import { causeOf } from "./start-refusal.js";

/** One refusal may meet an engine that is still coming or going. */
const enough = 3;

/** The engine stands in its own way and will never start it again: what it does is done by a new container. */
export function isWedged(container: ObservedContainer, { refusals }: Pick<SlotMemory, "refusals">): boolean {
  return hasRemains(container) && (refusals?.get(container.id) ?? 0) >= enough;
}

/** It did not start for what the engine has left of an earlier start. */
export function hasRemains(container: ObservedContainer): boolean {
  return !isUp(container) && container.startError !== "" && causeOf(container.startError) === "remains";
}

export function describeWedge({ name, startError }: ObservedContainer): string {
  return `the engine cannot start ${name} any more (${startError})`;
}
