import type { ProjectSpec, ServiceKey } from "../../../compose/model/service.js";
import { serviceKey } from "../../../compose/model/service.js";
import { orphanedServices } from "../../../plan/host/orphans.js";
import type { HostSnapshot } from "../../../plan/model/host/host-snapshot.js";
import type { Plan } from "../../../plan/model/outcome.js";
import { viewOf } from "../../../plan/model/view.js";
import { isSteered, leaverGraceMs, planRemoval } from "../../../plan/rollout/removal.js";
import { effect } from "../../../plan/steps/effect.js";
import { renderStep, shorten } from "../../../plan/steps/render.js";
import { printable } from "../../../tools/printable.js";
import type { ServicePlan } from "./service-plan.js";

export interface Leaving {
  /** As they are in force: of a project that is not among them nothing is removed. */
  readonly projects: readonly ProjectSpec[];
  readonly host: HostSnapshot;
  readonly prune: boolean;
}

/** More looks than a removal needs. */
const mostLooks = 8;

/** What becomes of the services that no file declares any more, as the controller decides it. By key. */
export function forecastRemovals({ projects, host, prune }: Leaving): readonly ServicePlan[] {
  const services = projects.flatMap((project) => project.services);
  const declared = new Set(services.map(({ project, name }) => serviceKey(project, name)));
  return orphanedServices(projects, host).map((key) => previewOf(key, declared, host, prune));
}

function previewOf(
  key: ServiceKey,
  declared: ReadonlySet<ServiceKey>,
  host: HostSnapshot,
  prune: boolean,
): ServicePlan {
  const [project = "", service = ""] = key.split("/");
  const { lines, because } = wayOf({ project, name: service }, declared, host, prune);
  const changes = lines.length > 0;
  const text = [key, ...(changes ? lines : [`left alone: ${because}`]).map((line) => `  ${printable(line)}`)];
  return { project, service, changes, text: text.join("\n") };
}

interface Way {
  readonly lines: readonly string[];
  readonly because: string;
}

/** Its steps are carried out on paper, look by look, until there are no more. */
function wayOf(
  service: { readonly project: string; readonly name: string },
  declared: ReadonlySet<ServiceKey>,
  host: HostSnapshot,
  prune: boolean,
): Way {
  const lines: string[] = [];
  let world = host;
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const view = viewOf(world, { ...service, dependsOn: [] }, new Map());
    if (isSteered(view, declared)) return { lines, because: "its service decides when it goes" };
    const { steps, outcome }: Plan = planRemoval(service, prune, leaverGraceMs, view);
    lines.push(...steps.map((step) => shorten(renderStep(step))));
    for (const step of steps) world = effect(world, step, world.takenAt);
    if (outcome.kind === "converged") return { lines, because: outcome.because };
    if (outcome.kind !== "continue") return { lines: then(lines, outcome.because), because: outcome.because };
  }
  return { lines, because: "" };
}

function then(lines: readonly string[], because: string): readonly string[] {
  return lines.length === 0 ? [] : [...lines, shorten(`then: ${because}`)];
}
