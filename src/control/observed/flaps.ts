import type { ServiceKey } from "../../compose/model/service.js";
import type { ObservedContainer } from "../../plan/model/host/observed.js";
import { inEverySlot, inRole, isUp } from "../../plan/model/view.js";

const windowMs = 600_000;
/** So many turns for the worse within the window are no accident any more. */
const many = 3;

interface Seen {
  readonly well: boolean;
  readonly restarts: number;
  /** When it turned for the worse, by the monotonic clock. */
  readonly falls: readonly number[];
}

/** How often what serves has turned unhealthy, or ended by itself. Each look alone shows a container that is well, or is not. */
export class Flaps {
  readonly #seen = new Map<ServiceKey, ReadonlyMap<string, Seen>>();

  /** What is to be said of it; undefined: it is steady. */
  look(key: ServiceKey, containers: readonly ObservedContainer[], now: number): string | undefined {
    const before = this.#seen.get(key);
    const actives = inEverySlot(containers, "active");
    const seen = actives.map((active) => {
      // What is stopped for a new one has not fallen.
      const isReplaced = inRole(
        containers.filter(({ slot }) => slot === active.slot),
        "next",
      );
      return [active.id, after(before?.get(active.id), active, isReplaced !== undefined, now)] as const;
    });
    this.#seen.set(key, new Map(seen));
    const worst = actives.find((_, index) => (seen[index]?.[1].falls.length ?? 0) >= many);
    if (worst === undefined) return undefined;
    const falls = this.#seen.get(key)?.get(worst.id)?.falls.length ?? 0;
    return `${worst.name} has turned unhealthy or ended ${falls} times within ${windowMs / 60_000}m`;
  }

  /** We are about to end it: that is no fall. */
  weStop(key: ServiceKey, id: string): void {
    const seen = this.#seen.get(key);
    const known = seen?.get(id);
    if (seen !== undefined && known !== undefined)
      this.#seen.set(key, new Map([...seen, [id, { ...known, well: false }]]));
  }

  forget(key: ServiceKey): void {
    this.#seen.delete(key);
  }
}

function after(before: Seen | undefined, active: ObservedContainer, isReplaced: boolean, now: number): Seen {
  const well = isUp(active) && active.state !== "restarting" && active.health !== "unhealthy";
  const { restartCount: restarts } = active;
  const recent = (before?.falls ?? []).filter((at) => at > now - windowMs);
  if (before === undefined || isReplaced || active.endedByRequest === true) return { well, restarts, falls: recent };
  const count = Math.max(restarts - before.restarts, before.well && !well ? 1 : 0);
  return { well, restarts, falls: [...recent, ...Array.from({ length: Math.min(count, many) }, () => now)] };
}
