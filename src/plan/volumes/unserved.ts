import { anonymousOf } from "../model/anonymous.js";
import type { Memory } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { View } from "../model/view.js";

/**
 * Whether the anonymous volumes that were made for a container go with it: where nothing they hold was written by what
 * served, as far as that is known for sure. Nothing else lets such volumes go.
 */
export function isUnserved(container: ObservedContainer, view: View, memory: Memory): boolean {
  const volumes = anonymousOf(container);
  if (volumes.length === 0 || container.role === "active") return false;
  // Which of them were made for another container nobody can tell once that is gone.
  if ((container.owners?.volumes ?? []).length > 0) return false;
  const served = new Set([...(memory.volumes?.values() ?? [])].flat().map(({ name }) => name));
  const others = [...view.containers, ...view.jobs, ...view.neighbours].filter(({ id }) => id !== container.id);
  const needed = new Set(others.flatMap(anonymousOf).map(({ source }) => source));
  if (volumes.some(({ source }) => served.has(source) || needed.has(source))) return false;
  // A journal that was lost in between does not know what has served: it has not seen the container come either.
  return container.job !== undefined || container.startedAt === undefined || memory.made?.has(container.id) === true;
}
