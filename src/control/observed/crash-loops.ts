import type { ServiceKey } from "../../compose/model/service.js";
import { endedFromOutside } from "../../plan/judge/verdict.js";
import type { CrashLoop } from "../../plan/model/desired.js";
import { runOf } from "../../plan/model/host/observed.js";
import type { ObservedContainer } from "../../plan/model/host/observed.js";
import { inEverySlot, inRole, isUp } from "../../plan/model/view.js";
import type { View } from "../../plan/model/view.js";

const windowMs = 600_000;
/** So many ends within the window are no accident any more. */
const many = 3;

interface End {
  /** By the monotonic clock. */
  readonly at: number;
  /** How long the run had lasted. */
  readonly lastedMs: number;
}

interface Seen {
  readonly run: number | undefined;
  readonly up: boolean;
  readonly restarts: number;
  readonly startedAt: number | undefined;
  readonly ends: readonly End[];
  /** It was in this run as it was first seen: how it came to its restarts nobody saw. */
  readonly found: number | undefined;
}

type Look = Pick<View, "containers" | "engineOutage" | "now">;

/** How often what serves has ended by itself, and how long it had lasted, whoever started it again. */
export class CrashLoops {
  readonly #seen = new Map<ServiceKey, ReadonlyMap<string, Seen>>();

  /** `monotonic`: when that is. */
  look(key: ServiceKey, view: Look, monotonic: number): void {
    const before = this.#seen.get(key);
    const actives = inEverySlot(view.containers, "active");
    this.#seen.set(key, new Map(actives.map((one) => [one.id, after(before?.get(one.id), one, view, monotonic)])));
  }

  /** What keeps ending, by container id, as of the last look. */
  of(key: ServiceKey): ReadonlyMap<string, CrashLoop> {
    const loops = [...(this.#seen.get(key) ?? [])].flatMap(([id, seen]) => {
      const loop = loopOf(seen);
      return loop === undefined ? [] : [[id, loop] as const];
    });
    return new Map(loops);
  }

  /** We are about to end it: that is no end of its own. */
  weStop(key: ServiceKey, id: string): void {
    const seen = this.#seen.get(key);
    const known = seen?.get(id);
    if (seen !== undefined && known !== undefined)
      this.#seen.set(key, new Map([...seen, [id, { ...known, up: false }]]));
  }

  forget(key: ServiceKey): void {
    this.#seen.delete(key);
  }
}

function loopOf({ ends, restarts, found, run }: Seen): CrashLoop | undefined {
  if (ends.length >= many) {
    const lives = ends.map(({ lastedMs }) => lastedMs).sort((one, other) => one - other);
    return { ends: ends.length, usualMs: lives[Math.floor(lives.length / 2)] ?? 0 };
  }
  return restarts >= many && found !== undefined && found === run ? { ends: restarts } : undefined;
}

function after(before: Seen | undefined, active: ObservedContainer, view: Look, monotonic: number): Seen {
  const { restartCount: restarts, startedAt } = active;
  const up = isUp(active) && active.state !== "restarting";
  const now = { run: runOf(active), up, restarts, startedAt };
  if (before === undefined) return { ...now, ends: [], found: now.run };
  const { found } = before;
  const recent = before.ends.filter(({ at }) => at > monotonic - windowMs);
  if (isExcused(active, view)) return { ...now, ends: recent, found };
  const count = Math.min(many, Math.max(restarts - before.restarts, before.up && !up ? 1 : 0));
  const ranFrom = (up ? before.startedAt : startedAt) ?? view.now;
  const ranUntil = (up ? startedAt : active.finishedAt) ?? view.now;
  const lastedMs = Math.max(0, ranUntil - ranFrom) / Math.max(1, up ? count : 1);
  const ends = Array.from({ length: count }, () => ({ at: monotonic, lastedMs }));
  return { ...now, ends: [...recent, ...ends], found };
}

/** A person, the engine or a new container has ended it. */
function isExcused(active: ObservedContainer, { containers, engineOutage }: Look): boolean {
  const slot = containers.filter(({ slot: of }) => of === active.slot);
  return inRole(slot, "next") !== undefined || endedFromOutside(active, { engineOutage });
}
