import type { ServiceSpec } from "../../compose/model/service.js";
import { staleMounts, untoldFiles } from "../files/stale.js";
import { volumeDrift } from "../host/drift.js";
import type { Outcome, Plan } from "../model/outcome.js";
import type { View } from "../model/view.js";

/** All is well but for what stays as it is: that is the service's news, once nothing more urgent is. */
export function withNotice(plan: Plan, notice: Outcome | undefined, spec: ServiceSpec, view: View): Plan {
  if (plan.outcome.kind !== "converged") return plan;
  const stale = staleMounts(spec, view.containers);
  const unread = [...(stale === undefined ? [] : [stale]), ...untoldFiles(spec, view.containers)];
  const kept = [...keptVolumes(spec, view), ...unread];
  const outcome = notice ?? plan.outcome;
  if (kept.length === 0 && notice === undefined) return plan;
  return { ...plan, outcome: { ...outcome, because: [outcome.because, ...kept].join("; ") } };
}

/** What is said of the volumes that are not as declared: they hold data, and are never changed or removed. */
export function keptVolumes(spec: Pick<ServiceSpec, "volumes">, view: Pick<View, "volumes">): readonly string[] {
  return spec.volumes.flatMap((volume) => {
    const found = volume.external ? undefined : view.volumes.get(volume.name);
    const differences = found === undefined ? [] : volumeDrift(volume, found);
    if (differences.length === 0) return [];
    return [`volume ${volume.name} differs from the file in ${differences.join(", ")} and is kept as it is`];
  });
}
