import { bondsOf, dependenciesOf, needsRunning } from "../../compose/model/relations.js";
import type { Bond } from "../../compose/model/relations.js";
import type { Dependency, ServiceSpec } from "../../compose/model/service.js";
import type { DependencyState } from "../model/dependency.js";
import { waitFor } from "../model/outcome.js";
import type { Decision } from "../model/outcome.js";
import { providerOf } from "../model/provider.js";
import { sharedNames } from "../steps/shared.js";
import type { View } from "../model/view.js";
import { missingExternals } from "../steps/steps.js";

/** What must be there before a container of the service can be created. Undefined: nothing stands in the way. */
export function awaitHost({ spec }: { readonly spec: ServiceSpec }, view: View): Decision | undefined {
  const missing = missingExternals(spec, view);
  if (missing.length > 0) {
    const because = `the file calls it external and it does not exist: ${missing.join(", ")}`;
    return { intents: [], outcome: { kind: "blocked", reason: "StartFailed", because } };
  }
  const unmet = dependenciesOf(spec).find((dependency) =>
    isAwaited(dependency, view.dependencies.get(dependency.service)),
  );
  const alone = bondsOf(spec).find((bond) => !isOwned(bond, view));
  if (unmet !== undefined) return waiting(shortfall(unmet, view.dependencies.get(unmet.service)));
  if (alone === undefined) return undefined;
  const what = sharedNames[alone.shared];
  if ("service" in alone) return waiting(`${alone.service} has no proven container yet whose ${what} could be shared`);
  const { container } = alone;
  return waiting(
    view.providers.has(container)
      ? `the container ${container} does not run, so that its ${what} cannot be shared`
      : `there is no container ${container} whose ${what} could be shared`,
  );
}

function isOwned(bond: Bond, view: View): boolean {
  const owner = providerOf(bond, view);
  return owner !== undefined && (owner.state === "running" || !needsRunning(bond));
}

function waiting(because: string): Decision {
  return {
    intents: [],
    outcome: waitFor("dependency", "WaitingForDependency", because),
  };
}

/** Dependencies that the file can do without and has to. */
export function lacking(spec: ServiceSpec, view: View): string {
  const texts = dependenciesOf(spec)
    .filter(({ required }) => required === false)
    .map((dependency) => [dependency, view.dependencies.get(dependency.service)] as const)
    .filter(([dependency, state]) => !isMet(dependency, state))
    .map(([dependency, state]) => shortfall(dependency, state));
  return texts.length === 0 ? "" : `; it does without: ${texts.join(", ")}`;
}

function isAwaited(dependency: Dependency, state: DependencyState | undefined): boolean {
  if (isMet(dependency, state)) return false;
  return dependency.required !== false || isOnItsWay(state);
}

/** What the file can do without is waited for as long as it may yet come. */
function isOnItsWay(state: DependencyState | undefined): boolean {
  return (state?.pending ?? false) || (state?.running === true && state.health === "starting");
}

export function isMet({ condition, mayEnd }: Dependency, state: DependencyState | undefined): boolean {
  switch (condition) {
    case "service_started":
      return state?.running === true || (mayEnd === true && state?.started === true);
    case "service_healthy":
      return state?.running === true && state.health === "healthy";
    case "service_completed_successfully":
      return state?.completed ?? false;
  }
}

function shortfall({ service, condition }: Dependency, state: DependencyState | undefined): string {
  switch (condition) {
    case "service_started":
      return `${service} is not running yet${reasonOf(state)}`;
    case "service_healthy": {
      const unchecked = state?.running === true && state.health === "none";
      return `${service} is not healthy yet${unchecked ? ": it has no health check" : reasonOf(state)}`;
    }
    case "service_completed_successfully":
      return `${service} has not completed yet${reasonOf(state)}`;
  }
}

function reasonOf(state: DependencyState | undefined): string {
  return state?.fault === undefined ? "" : `: ${state.fault}`;
}
