import type { ServiceSpec } from "../../../compose/model/service.js";
import { isPaused } from "../../judge/paused.js";
import type { SlotMemory } from "../../model/desired.js";
import type { ObservedContainer } from "../../model/host/observed.js";
import { waitFor } from "../../model/outcome.js";
import type { Decision } from "../../model/outcome.js";
import { restorePolicy } from "../../steps/steps.js";

/** What others have changed in place is taken back; while the service is paused it is theirs. Undefined: nothing is changed. */
export function planDrift(spec: ServiceSpec, active: ObservedContainer, memory: SlotMemory): Decision | undefined {
  if (active.altered === undefined) return undefined;
  const because = describeDrift(active.name, active.altered);
  if (isPaused(spec, memory)) {
    const left = `${because} while the service is paused: it is left so until \`fairlead resume\``;
    return { intents: restorePolicy(active), outcome: waitFor("person", "DriftDetected", left) };
  }
  return {
    intents: [...restorePolicy(active), { kind: "start", one: active, because }],
    outcome: { kind: "continue", reason: "DriftDetected", because },
  };
}

/** The sentence for it, wherever it is told. */
export function describeDrift(name: string, fields: readonly string[]): string {
  return `somebody else has changed ${name} in ${fields.join(", ")}`;
}
