import type { ClusterEvent } from "../../../src/swarm/model/cluster.js";
import { FairleadError } from "../../../src/errors.js";
import { assertAnswers } from "./port.js";
import type { SimulatedSwarm } from "./swarm.js";

const livelyMs = 1_000;
const calmMs = 10_000;

interface Listener {
  readonly onEvent: (event: ClusterEvent) => void;
  readonly lively: () => boolean;
  readonly signal: AbortSignal;
}

/** As the real port watches: events as they come, tasks compared every so often, a manager that is away told once. */
export function watchSimulated(swarm: SimulatedSwarm, { onEvent, lively, signal }: Listener): Promise<void> {
  const { clock, store } = swarm;
  let known = statesOf(swarm);
  let waited = 0;
  let line: "new" | "up" | "lost" = "new";
  const answers = (): boolean => {
    try {
      assertAnswers(swarm);
    } catch (error) {
      if (line !== "lost" && error instanceof FairleadError)
        onEvent({ kind: "lost", message: error.message, remedy: error.remedy });
      line = "lost";
      return false;
    }
    if (line !== "up") {
      known = statesOf(swarm);
      onEvent({ kind: "resync" });
    }
    line = "up";
    return true;
  };
  const look = () => {
    waited += livelyMs;
    const wasUp = line === "up";
    if (!answers() || !wasUp || (!lively() && waited < calmMs)) return;
    waited = 0;
    const now = statesOf(swarm);
    const changed = [...new Set([...known.keys(), ...now.keys()])].filter((id) => known.get(id) !== now.get(id));
    known = now;
    onEvent({ kind: "beat" });
    for (const id of changed) onEvent({ kind: "service", id, action: "tasks" });
  };
  return new Promise((resolve) => {
    const undo: (() => void)[] = [];
    const end = () => {
      for (const one of undo.splice(0)) one();
      resolve();
    };
    if (signal.aborted) {
      end();
      return;
    }
    signal.addEventListener("abort", end, { once: true });
    const tick = () => {
      undo[0] = clock.after(livelyMs, () => {
        tick();
        look();
      });
    };
    tick();
    undo.push(
      store.listen((event) => {
        if (line === "up" && swarm.fault === undefined) onEvent(event);
      }),
    );
    answers();
  });
}

function statesOf({ store }: SimulatedSwarm): ReadonlyMap<string, string> {
  const states = new Map<string, string>();
  for (const { id, service, node = "", state, desired, error } of store.tasks.values()) {
    const { Labels = {} } = store.services.get(service)?.spec ?? {};
    if (!("fairlead.project" in Labels) && !("com.docker.stack.namespace" in Labels)) continue;
    states.set(service, `${states.get(service) ?? ""}${[id, node, desired, state, error].join(" ")}\n`);
  }
  return states;
}
