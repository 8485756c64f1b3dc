import type { ServiceSpec, UpdatePolicy } from "../../compose/model/service.js";
import { waitFor } from "../model/outcome.js";
import type { Outcome } from "../model/outcome.js";
import { inRole, isReady } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { strategyOf } from "./strategy.js";
import { formatMs } from "./verdict.js";

export interface Queue {
  readonly spec: ServiceSpec;
  readonly update: UpdatePolicy;
  readonly slots: readonly SlotView[];
  /** Those that have what they are to have. */
  readonly done: readonly SlotView[];
  /** Those that still have to begin. */
  readonly waiting: readonly SlotView[];
  readonly now: number;
}

export interface Turns {
  /** The slots that may begin now. */
  readonly begin: ReadonlySet<number>;
  /** What the others wait for. */
  readonly wait: Extract<Outcome, { kind: "wait" }>;
}

/**
 * Which slots may begin now. At most `parallelism` are without a proven container at once, under stop-first also
 * counting those that do not serve for other reasons. What does not serve anyway goes first: its replacement takes
 * nothing away, and may be the cure.
 */
export function scheduleSlots(queue: Queue): Turns {
  const { spec, update, slots, done, waiting } = queue;
  const serves = ({ containers }: SlotView) => isReady(spec, inRole(containers, "active"));
  const width = widthOf(update, slots.length);
  const pause = pauseOf(queue);
  if (pause !== undefined) return { begin: new Set(), wait: pause };
  const underWay = slots.filter((slot) => inRole(slot.containers, "next") !== undefined);
  const sick = done.filter((slot) => !underWay.includes(slot) && !serves(slot));
  const idle = waiting.filter((slot) => !serves(slot)).slice(0, Math.max(0, width - underWay.length));
  const stopFirst = slots.some((slot) => strategyOf({ ...spec, update }, slot).order === "stop-first");
  const without = stopFirst
    ? slots.filter((slot) => !underWay.includes(slot) && !serves(slot)).length
    : sick.length + idle.length;
  const room = Math.max(0, width - underWay.length - without);
  const others = waiting.filter(serves).slice(0, room);
  const begin = new Set([...idle, ...others].map(({ slot }) => slot));
  return { begin, wait: turnOf(sick, width) };
}

export function widthOf(update: UpdatePolicy, count: number): number {
  const { parallelism = 1 } = update;
  return parallelism === 0 ? count : parallelism;
}

function turnOf(sick: readonly SlotView[], width: number): Turns["wait"] {
  const names = sick.flatMap(({ containers }) => inRole(containers, "active")?.name ?? []);
  const because =
    names.length > 0
      ? `${names.join(", ")} is not well, and no further replica begins until it is`
      : `it waits for its turn: ${width} at once`;
  return names.length > 0 ? waitFor("health", "WaitingForHealth", because) : waitFor("turn", "WaitingForTurn", because);
}

/** `delay`, from the last one that proved itself; that moment follows from when it started and how long it had to be good. */
function pauseOf({ update, done, now }: Queue): Turns["wait"] | undefined {
  const { delayMs = 0, monitorMs } = update;
  const ends = done.flatMap(({ containers }) => {
    const active = inRole(containers, "active");
    const since = active?.healthySince ?? active?.startedAt;
    return since === undefined ? [] : [since + monitorMs];
  });
  const until = Math.max(...ends) + delayMs;
  if (delayMs === 0 || until <= now) return undefined;
  const because = `a delay of ${formatMs(delayMs)} is asked for between replicas`;
  return waitFor("turn", "WaitingForTurn", because, until);
}
