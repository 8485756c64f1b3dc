import type { EngineEvent } from "../../control/ports/events.js";
import type { Cluster, ClusterEvent, ClusterView } from "../model/cluster.js";
import { foundIn } from "./found.js";
import { generationsIn, isCurrent, serves, serviceOf } from "./generation.js";

export interface WatchOptions {
  readonly cluster: Pick<Cluster, "watch">;
  /** What was seen last. */
  readonly view: () => ClusterView | undefined;
  readonly lively: () => boolean;
  readonly onEvent: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
}

/** The Swarm's events in the controller's words. */
export function watchSwarm({ cluster, view, lively, onEvent, signal }: WatchOptions): Promise<void> {
  return cluster.watch(
    (event) => {
      onEvent(toldOf(event, view()));
    },
    lively,
    signal,
  );
}

function toldOf(event: ClusterEvent, view: ClusterView | undefined): EngineEvent {
  if (event.kind !== "service") return event;
  const name = view?.services.find(({ id }) => id === event.id)?.spec.Name;
  if (view === undefined || name === undefined) return { kind: "other" };
  // What others have deployed bears no label of ours, before it is adopted and after.
  const known = [...generationsIn(view), ...foundIn(view).map(({ generation }) => generation)];
  const one = known.find(({ swarmService }) => swarmService === name);
  if (one === undefined) return { kind: "other" };
  return { kind: "container", project: one.project, service: one.service, action: event.action };
}

/** Tasks are on their way somewhere: an update is under way, or one has not proved itself. */
export function isLively(view: ClusterView | undefined): boolean {
  if (view === undefined) return true;
  if (view.services.some(({ update }) => update?.state === "updating" || update?.state === "rollback_started"))
    return true;
  return generationsIn(view).some(
    (generation) => !serves(generation) && isCurrent(serviceOf(view, generation), generation),
  );
}
