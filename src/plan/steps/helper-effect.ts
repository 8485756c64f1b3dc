import type { HostSnapshot } from "../model/host/host-snapshot.js";
import type { Step } from "../model/step.js";

/** The host after a step on a helper. Undefined: it is on none. */
export function helperChange(host: HostSnapshot, step: Step): HostSnapshot | undefined {
  const helpers = host.helpers ?? [];
  const found = "container" in step ? helpers.find(({ name }) => name === step.container) : undefined;
  if (found === undefined) return undefined;
  const others = helpers.filter((helper) => helper !== found);
  if (step.kind === "remove-container") return { ...host, helpers: others };
  const state = step.kind === "start-container" ? "running" : step.kind === "stop-container" ? "exited" : found.state;
  return { ...host, helpers: [...others, { ...found, state }] };
}
