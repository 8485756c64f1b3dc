import { serviceKey } from "../../compose/model/service.js";
import type { ServiceKey } from "../../compose/model/service.js";
import type { Desired } from "../model/desired.js";
import type { Plan } from "../model/outcome.js";
import type { View } from "../model/view.js";
import { refusing } from "../self/lifeline.js";
import { leavingAlone } from "../self/succession.js";
import { forgoAhead } from "../slot/upkeep/ahead.js";
import { compilePlainly } from "../steps/compile.js";
import { discard } from "../steps/steps.js";

/** How long its containers have to stop: what its file said of that is gone with it. */
export const leaverGraceMs = 10_000;

/** The gate of a service that the files still declare: what it holds must not be lost before that can do without. */
export function isSteered(
  { containers }: Pick<View, "containers">,
  declared: { has(key: ServiceKey): boolean },
): boolean {
  return containers.some(({ project, gate }) => gate !== undefined && declared.has(serviceKey(project, gate.of)));
}

/** The service has left the file. */
export function planRemoval(
  service: Pick<Desired["spec"], "project" | "name">,
  prune: boolean,
  graceMs: number,
  view: View,
): Plan {
  const containers = [...view.jobs, ...view.containers];
  const name = `${service.project}/${service.name}`;
  const because = `${name} is in no services file any more`;
  const images = prune ? forgoAhead(service, because, view) : [];
  if (containers.length + images.length === 0) {
    return { steps: [], outcome: { kind: "converged", reason: "Converged", because: "nothing of it is left" } };
  }
  if (!prune) {
    const remedy = "run with --prune to remove it, or remove it by hand";
    return { steps: [], outcome: { kind: "blocked", reason: "Orphaned", because: `${because}; ${remedy}` } };
  }
  const left = leavingAlone(view, because);
  if (left !== undefined) return left;
  const spec = { container: { stopGracePeriodMs: graceMs } } as Pick<Desired["spec"], "container">;
  const intents = [...containers.flatMap((one) => discard(one, spec, because)), ...images];
  return refusing(compilePlainly({ intents, outcome: { kind: "continue", reason: "Removing", because } }), view);
}
