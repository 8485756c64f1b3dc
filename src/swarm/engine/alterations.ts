import { roleOf } from "../../plan/model/host/names.js";
import type { ServiceBody } from "../model/body.js";
import type { ClusterView, SwarmService } from "../model/cluster.js";
import { differencesBetween } from "./differences.js";
import type { Difference } from "./differences.js";
import { generationsIn, isCurrent, serves, serviceOf } from "./generation.js";
import type { Generation } from "./generation.js";

/**
 * What others have made of services since Fairlead last updated them. A manager may show a body otherwise than it was sent,
 * or not take all of it: what differs right after an update of ours is that, and no change of anybody's.
 */
export class Alterations {
  /** By the generation's config: the version that our last update was made for, until what came of it was seen. */
  readonly #sent = new Map<string, number | undefined>();
  readonly #rendered = new Map<string, ReadonlySet<string>>();

  /** We have made the service what the generation says. */
  sent({ config }: Generation, service: SwarmService | undefined): void {
    this.#sent.set(config.id, service?.version);
    this.#rendered.delete(config.id);
  }

  /** None: it is as it was made, or another generation is to run. */
  of(generation: Generation, draft: ServiceBody, view: ClusterView): readonly Difference[] {
    const service = serviceOf(view, generation);
    const { startedAt, stoppedAt, job, config } = generation;
    if (service === undefined || startedAt === undefined || stoppedAt !== undefined || job !== undefined) return [];
    if (!isCurrent(service, generation)) return isOusted(generation, service, view) ? between(service, draft) : [];
    const found = between(service, draft);
    if (this.#sent.has(config.id) && this.#sent.get(config.id) !== service.version) {
      this.#sent.delete(config.id);
      this.#rendered.set(config.id, new Set(found.map(({ field }) => field)));
    }
    const rendered = this.#rendered.get(config.id);
    return rendered === undefined ? found : found.filter(({ field }) => !rendered.has(field));
  }

  /** What of it is gone is not remembered. */
  keep(generations: readonly Generation[]): void {
    const ids = new Set(generations.map(({ config }) => config.id));
    for (const known of [this.#sent, this.#rendered]) for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
  }
}

function between({ spec }: SwarmService, draft: ServiceBody): readonly Difference[] {
  return differencesBetween(spec, draft);
}

/**
 * It serves, and its service was made something that is not on its way; or it is on its way, and Swarm was told to go back to
 * what was before. That is no word of ours: our ways back are updates.
 */
function isOusted(generation: Generation, service: SwarmService, view: ClusterView): boolean {
  const current = generationsIn(view).find((one) => isCurrent(service, one));
  if (serves(generation)) return current === undefined || !isOnItsWay(current);
  return isOnItsWay(generation) && service.update?.state.startsWith("rollback") === true;
}

function isOnItsWay({ container, base }: Generation): boolean {
  return roleOf(container, base) === "next";
}
