import type { LogLine, LogQuery } from "../../control/ports/logs.js";
import type { ModeBody } from "../model/body.js";
import type { Cluster, ClusterView, SwarmService, TaskLine } from "../model/cluster.js";
import { isLabelled } from "./generation.js";
import type { Generation } from "./generation.js";

export interface GenerationLog {
  readonly cluster: Pick<Cluster, "serviceLog" | "look">;
  readonly generation: Generation;
  readonly mode: ModeBody;
  readonly service: SwarmService;
  readonly view: ClusterView;
}

/** What the tasks of a generation have put out; of several, each line says which, as `docker service logs` does. */
export async function logOf(log: GenerationLog, query: LogQuery, signal: AbortSignal): Promise<AsyncIterable<LogLine>> {
  return ownLines(await log.cluster.serviceLog(log.service.id, query, signal), log);
}

async function* ownLines(
  lines: AsyncIterable<TaskLine>,
  { cluster, generation, mode, service, view }: GenerationLog,
): AsyncGenerator<LogLine> {
  const severally = !("Replicated" in mode) || mode.Replicated.Replicas > 1;
  /** By task; undefined: it is another generation's. */
  const names = new Map<string, string | undefined>();
  const learn = ({ tasks, nodes }: ClusterView) => {
    for (const { id, service: of, slot, node = "", labels } of tasks) {
      const isOwn = of === service.id && isLabelled(labels, generation);
      const hostname = nodes.find((one) => one.id === node)?.hostname ?? node;
      names.set(id, isOwn ? `${service.spec.Name}.${slot ?? node}.${id.slice(0, 12)}@${hostname}` : undefined);
    }
  };
  learn(view);
  for await (const { task, ...line } of lines) {
    if (task === undefined) {
      yield line;
      continue;
    }
    if (!names.has(task)) {
      learn(await cluster.look());
      // Swarm remembers few tasks that have ended.
      if (!names.has(task)) names.set(task, undefined);
    }
    const name = names.get(task);
    if (name !== undefined) yield severally ? { ...line, text: `${name} | ${line.text}` } : line;
  }
}
