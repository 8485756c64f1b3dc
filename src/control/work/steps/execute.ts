import { FairleadError } from "../../../errors.js";
import type { ObservedContainer } from "../../../plan/model/host/observed.js";
import type { Step, StepKind, StepOf } from "../../../plan/model/step.js";
import type { Engine } from "../../ports/engine.js";
import type { Gates } from "../../ports/gates.js";

export interface ExecutionContext {
  readonly engine: Engine;
  readonly gates: Gates;
  readonly control: ControlExecutors;
  /** Ids by name: what was observed, and what this run has made since. Nothing else can be reached. */
  readonly ids: Map<string, string>;
}

export function idsOf(containers: readonly Pick<ObservedContainer, "id" | "name">[]): Map<string, string> {
  return new Map(containers.map((container) => [container.name, container.id]));
}

type Executor<K extends StepKind> = (step: StepOf<K>, context: ExecutionContext) => Promise<void> | void;
type ExecutorsOf<K extends StepKind> = { readonly [One in K]: Executor<One> };

/** What takes more than a call to the engine or to a gate. */
export type ControlExecutors = ExecutorsOf<
  | "pull-image"
  | "build-image"
  | "stop-container"
  | "signal-container"
  | "pre-stop"
  | "post-start"
  | "note-leaving"
  | "note-reload"
  | "note-refusal"
  | "keep-logs"
  | "hand-over"
>;

/** One executor per step kind: a kind without one does not compile. Decides nothing. */
const executors: ExecutorsOf<Exclude<StepKind, keyof ControlExecutors>> = {
  "create-network": (step, { engine }) => engine.createNetwork(step),
  "remove-network": (step, { engine }) => engine.removeNetwork(step.id),
  "create-volume": (step, { engine }) => engine.createVolume(step),
  "tag-image": (step, { engine }) => engine.tagImage(step.source, step.tag),
  "create-container": async (step, { engine, ids }) => {
    ids.set(step.name, await engine.createContainer(step));
  },
  "write-files": (step, context) => context.engine.writeFiles(idOf(context, step.container), step.files),
  "connect-network": (step, context) => context.engine.connectNetwork(idOf(context, step.container), step),
  "disconnect-network": (step, context) =>
    context.engine.disconnectNetwork(idOf(context, step.container), step.network),
  "rehearse-start": (step, { engine }) => engine.rehearse(step),
  "start-container": (step, context) => context.engine.startContainer(idOf(context, step.container)),
  "set-restart-policy": (step, context) => context.engine.setRestartPolicy(idOf(context, step.container), step.policy),
  "rename-container": async (step, context) => {
    const id = idOf(context, step.container);
    await context.engine.renameContainer(id, step.to);
    context.ids.delete(step.container);
    context.ids.set(step.to, id);
  },
  "remove-container": (step, context) =>
    context.engine.removeContainer(idOf(context, step.container), step.volumes === true),
  "set-routes": (step, context) => context.gates.setRoutes(idOf(context, step.container), step.routes),
  "remove-image": (step, { engine }) => engine.removeImage(step.reference),
  "create-helper": async (step, { engine, ids }) => {
    ids.set(step.name, await engine.createHelper(step));
  },
};

export async function execute(step: Step, context: ExecutionContext): Promise<void> {
  const all: ExecutorsOf<StepKind> = { ...executors, ...context.control };
  // The table's type ties each kind to its own executor; an indexed call loses that tie.
  const executor = all[step.kind] as (step: Step, context: ExecutionContext) => Promise<void> | void;
  await executor(step, context);
}

export function idOf({ ids }: Pick<ExecutionContext, "ids">, name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new FairleadError("ContainerGone", `${name} is not there any more`);
  return id;
}
