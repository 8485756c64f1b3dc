import type { ContainerFacts } from "../../plan/model/host/observed.js";

interface Streak {
  readonly since: number;
  /** Undefined until an inspection has told which run of the container it belongs to. */
  readonly startedAt: number | undefined;
}

/** Once an inspection has told the run, that counts; a clock that was set may have put its start after its health. */
function isOf(streak: Streak, startedAt: number | undefined): boolean {
  return streak.startedAt === undefined ? streak.since >= (startedAt ?? 0) : streak.startedAt === startedAt;
}

/** Since when containers have been healthy without a break: the engine's own log goes back five probes only. */
export class HealthMemory {
  readonly #streaks = new Map<string, Streak>();

  /** From an event; `at` is the engine's time. */
  becameHealthy(id: string, at: number): void {
    if (!this.#streaks.has(id)) this.#streaks.set(id, { since: at, startedAt: undefined });
  }

  broke(id: string): void {
    this.#streaks.delete(id);
  }

  /** The container with the earliest instant that memory, the engine's log or `now` (seen for the first time) gives. */
  remember<T extends ContainerFacts>(container: T, now: number): T {
    if (container.health !== "healthy") {
      this.broke(container.id);
      return container;
    }
    const { startedAt } = container;
    const known = this.#streaks.get(container.id);
    const sameRun = known !== undefined && isOf(known, startedAt);
    const since = Math.min(container.healthySince ?? now, sameRun ? known.since : now);
    this.#streaks.set(container.id, { since, startedAt });
    return { ...container, healthySince: since };
  }

  /** Forgets containers that are gone. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#streaks.keys()) if (!ids.has(id)) this.#streaks.delete(id);
  }
}
