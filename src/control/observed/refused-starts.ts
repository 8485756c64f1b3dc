import type { ServiceKey } from "../../compose/model/service.js";
import type { ObservedContainer } from "../../plan/model/host/observed.js";
import { isUp } from "../../plan/model/view.js";

/** How often in a row the engine has refused to start a container, since it was last away: then it may have had its reasons. */
export class RefusedStarts {
  readonly #times = new Map<ServiceKey, ReadonlyMap<string, readonly number[]>>();

  note(key: ServiceKey, id: string, now: number): void {
    const times = this.#times.get(key);
    this.#times.set(key, new Map([...(times ?? []), [id, [...(times?.get(id) ?? []), now]]]));
  }

  /** By container id. One that runs, or is gone, begins anew. */
  look(key: ServiceKey, containers: readonly ObservedContainer[], since: number): ReadonlyMap<string, number> {
    const known = this.#times.get(key);
    if (known === undefined) return new Map();
    const left = containers.flatMap((container) => {
      const times = isUp(container) ? [] : (known.get(container.id) ?? []).filter((at) => at >= since);
      return times.length === 0 ? [] : [[container.id, times] as const];
    });
    if (left.length === 0) this.#times.delete(key);
    else this.#times.set(key, new Map(left));
    return new Map(left.map(([id, times]) => [id, times.length]));
  }

  forget(key: ServiceKey): void {
    this.#times.delete(key);
  }
}
