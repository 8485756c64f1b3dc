import { serviceBondsOf } from "../model/relations.js";
import type { Dependency, ServiceSpec } from "../model/service.js";

/**
 * A service whose completion another one waits for is meant to end. Whoever depends on one that may end learns of it: it may
 * have ended long before they start.
 */
export function withEnds(services: readonly ServiceSpec[]): readonly ServiceSpec[] {
  const awaited = new Set(
    services.flatMap(({ dependsOn }) =>
      dependsOn.flatMap(({ service, condition }) => (condition === "service_completed_successfully" ? [service] : [])),
    ),
  );
  const marked = services.map((service) => (awaited.has(service.name) ? { ...service, oneShot: true } : service));
  const ending = new Set(marked.filter(({ oneShot, mayEnd }) => oneShot ?? mayEnd).map(({ name }) => name));
  return marked.map((service) => withEnding(service, ending));
}

function withEnding(service: ServiceSpec, ending: ReadonlySet<string>): ServiceSpec {
  const { dependsOn } = service;
  const said = new Set(dependsOn.map(({ service: name }) => name));
  const takenFrom = new Set(
    serviceBondsOf(service).flatMap((bond) => (bond.shared === "volumes" ? [bond.service] : [])),
  );
  const implied = [...takenFrom]
    .filter((name) => !said.has(name))
    .map((name): Dependency => ({ service: name, condition: "service_started" }));
  const all = [...dependsOn, ...implied];
  if (!all.some((one) => isEnding(one, ending))) return service;
  return { ...service, dependsOn: all.map((one) => (isEnding(one, ending) ? { ...one, mayEnd: true } : one)) };
}

function isEnding({ service, condition }: Dependency, ending: ReadonlySet<string>): boolean {
  return ending.has(service) && condition === "service_started";
}
