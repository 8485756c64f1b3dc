import { specHash } from "../../compose/model/hash.js";
import { dependenciesOf } from "../../compose/model/relations.js";
import { serviceKey } from "../../compose/model/service.js";
import type { Dependency, ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import { knownOf } from "../../plan/model/dependency.js";
import type { KnownDependency } from "../../plan/model/dependency.js";
import type { Target } from "../../plan/model/desired.js";
import type { ServiceRecord } from "../journal/record.js";
import type { Declared } from "./catalog.js";

export interface Sight {
  readonly declared: (key: ServiceKey) => Declared | undefined;
  readonly status: (key: ServiceKey) => ServiceStatus | undefined;
  readonly isOnItsWay: (key: ServiceKey) => boolean;
  readonly sameContent: (key: ServiceKey) => ServiceRecord["sameContent"];
  /** Undefined: the answer takes its time, and the service is looked at again when it is here. */
  readonly resolve: (spec: ServiceSpec) => Promise<{ readonly target: Target } | undefined>;
}

/** What is wanted of the services that this one depends on, and how they last stood. */
export async function knownDependencies(
  spec: ServiceSpec,
  sight: Sight,
): Promise<ReadonlyMap<string, KnownDependency>> {
  const known = await Promise.all(
    dependenciesOf(spec).map(async (dependency) => {
      const key = serviceKey(spec.project, dependency.service);
      return [dependency.service, await knownDependency(key, dependency, sight)] as const;
    }),
  );
  return new Map(known);
}

async function knownDependency(key: ServiceKey, dependency: Dependency, sight: Sight): Promise<KnownDependency> {
  const spec = sight.declared(key)?.spec;
  if (spec === undefined) return { pending: false };
  const ready = sight.status(key)?.conditions.find(({ type }) => type === "Ready");
  const onItsWay = ready?.status === "Unknown" || sight.isOnItsWay(key);
  const seen = { onItsWay, fault: ready?.status === "False" ? ready.message : undefined };
  const isAsked = dependency.condition === "service_completed_successfully";
  const answer = isAsked ? await sight.resolve(spec) : undefined;
  const target = answer === undefined ? undefined : withEquals(answer.target, sight.sameContent(key));
  return knownOf(dependency, target === undefined ? undefined : { spec, specHash: specHash(spec), target }, seen);
}

function withEquals(target: Target, pairs: ServiceRecord["sameContent"]): Target {
  if (!target.known) return target;
  return { ...target, sameContent: pairs.filter((pair) => pair.digest === target.digest).map((pair) => pair.as) };
}
