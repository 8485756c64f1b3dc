import type { ServiceSpec } from "../../compose/model/service.js";
import type { Memory } from "../model/desired.js";
import { runOf } from "../model/host/observed.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Decision } from "../model/outcome.js";
import type { StepOf } from "../model/step.js";

/**
 * Runs what is due in one that runs. Who started it does not matter. One that serves and of which nothing is remembered
 * has had its own: the journal was lost since, or it was not ours then. Undefined: nothing is due.
 */
export function planPostStart(
  spec: ServiceSpec,
  container: ObservedContainer,
  memory: Pick<Memory, "postStarts">,
): Decision | undefined {
  const { postStart: hooks = [] } = spec;
  const { id, role, state } = container;
  const startedAt = runOf(container);
  const known = memory.postStarts?.get(id);
  if (hooks.length === 0 || state !== "running" || known?.startedAt === startedAt) return undefined;
  if (role === "active" && known === undefined) return undefined;
  const isNew = role === "next";
  const because = isNew ? "it has started, and is judged after it" : "it was started again";
  const step: StepOf<"post-start"> = { kind: "post-start", container: container.name, startedAt, hooks, because };
  return { intents: [step], outcome: { kind: "continue", reason: isNew ? "RolloutStarted" : "Restarting", because } };
}
