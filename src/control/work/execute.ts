import { FairleadError } from "../../errors.js";
import type { ObservedContainer } from "../../plan/model/observed.js";
import type { Step, StepKind, StepOf } from "../../plan/model/step.js";
import type { Engine } from "../ports/engine.js";
import type { Gates } from "../ports/gates.js";

export interface ExecutionContext {
  readonly engine: Engine;
  readonly gates: Gates;
  readonly beginPull: (step: StepOf<"pull-image">) => void;
  readonly beginBuild: (step: StepOf<"build-image">) => void;
  /** Writes a failure into the journal before the container can be lost. */
  readonly keepLogs: (step: StepOf<"keep-logs">, id: string) => Promise<void>;
  readonly preStop: (step: StepOf<"pre-stop">, id: string) => Promise<void>;
  readonly postStart: (step: StepOf<"post-start">, id: string) => Promise<void>;
  readonly signal: (step: StepOf<"signal-container">, id: string) => Promise<void>;
  readonly noteReload: (step: StepOf<"note-reload">, id: string) => Promise<void>;
  /** Remembers, where that matters, that the container is about to end by our doing. */
  readonly noteStop: (id: string) => Promise<void>;
  readonly noteRefusal: (step: StepOf<"note-refusal">) => Promise<void>;
  /** Has this controller's time in office end, for another one; what is under way ends first. */
  readonly handOver: (heir: string) => void;
  readonly noteLeaving: (step: StepOf<"note-leaving">, id: string) => Promise<void>;
  /** Ids by name: what was observed, and what this run has made since. Nothing else can be reached. */
  readonly ids: Map<string, string>;
}

export function idsOf(containers: readonly Pick<ObservedContainer, "id" | "name">[]): Map<string, string> {
  return new Map(containers.map((container) => [container.name, container.id]));
}

type Executors = { readonly [K in StepKind]: (step: StepOf<K>, context: ExecutionContext) => Promise<void> | void };

/** One executor per step kind: a kind without one does not compile. Decides nothing. */
const executors: Executors = {
  "create-network": (step, { engine }) => engine.createNetwork(step),
  "remove-network": (step, { engine }) => engine.removeNetwork(step.id),
  "create-volume": (step, { engine }) => engine.createVolume(step),
  "pull-image": (step, { beginPull }) => {
    beginPull(step);
  },
  "build-image": (step, { beginBuild }) => {
    beginBuild(step);
  },
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
  "stop-container": async (step, context) => {
    const id = idOf(context, step.container);
    await context.noteStop(id);
    await context.engine.stopContainer(id, step.graceMs);
  },
  "signal-container": (step, context) => context.signal(step, idOf(context, step.container)),
  "note-reload": (step, context) => context.noteReload(step, idOf(context, step.container)),
  "pre-stop": (step, context) => context.preStop(step, idOf(context, step.container)),
  "post-start": (step, context) => context.postStart(step, idOf(context, step.container)),
  "note-leaving": (step, context) => context.noteLeaving(step, idOf(context, step.container)),
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
  "note-refusal": (step, { noteRefusal }) => noteRefusal(step),
  "create-helper": async (step, { engine, ids }) => {
    ids.set(step.name, await engine.createHelper(step));
  },
  "hand-over": (step, { handOver }) => {
    handOver(step.heir);
  },
  "keep-logs": (step, context) => context.keepLogs(step, idOf(context, step.container)),
};

export async function execute(step: Step, context: ExecutionContext): Promise<void> {
  // The table's type ties each kind to its own executor; an indexed call loses that tie.
  const executor = executors[step.kind] as (step: Step, context: ExecutionContext) => Promise<void> | void;
  await executor(step, context);
}

function idOf(context: ExecutionContext, name: string): string {
  const id = context.ids.get(name);
  if (id === undefined) throw new FairleadError("ContainerGone", `${name} is not there any more`);
  return id;
}
