import type { LogQuery } from "../../../src/control/ports/logs.js";
import type { TaskLine } from "../../../src/swarm/model/cluster.js";
import type { SimulatedTask, SwarmStore } from "./store.js";

/** The output of all tasks of a service, each line as old as its container; with `follow` until the signal aborts. */
export async function* simulatedLog(
  store: SwarmStore,
  service: string,
  { follow, tail, since = "" }: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<TaskLine> {
  const told = new Map<string, number>();
  const news = (task: SimulatedTask, most = Infinity): readonly TaskLine[] => {
    const lines = linesOf(task).slice(told.get(task.id) ?? 0);
    told.set(task.id, task.output.length);
    return lines.slice(-most).filter(({ at }) => at >= since);
  };
  const all = () => store.tasksOf(service).flatMap((task) => news(task, tail));
  yield* all().sort((left, right) => (left.at < right.at ? -1 : 1));
  while (follow && !signal.aborted && store.services.has(service)) {
    await changeIn(store, signal);
    yield* store.tasksOf(service).flatMap((task) => news(task));
  }
}

function linesOf({ id, output, createdAt }: SimulatedTask): readonly TaskLine[] {
  return output.map((text, index) => {
    const at = new Date(createdAt + index).toISOString().replace("Z", "000000Z");
    return { task: id, at, stream: "stdout", text };
  });
}

function changeIn(store: SwarmStore, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const undo = store.follow(() => {
      undo();
      resolve();
    });
    signal.addEventListener("abort", () => {
      undo();
      resolve();
    });
  });
}
