import { specHash } from "../../../src/compose/model/hash.js";
import { containerBondsOf, isNamedBy } from "../../../src/compose/model/relations.js";
import type { ServiceSpec } from "../../../src/compose/model/service.js";
import type { Digest } from "../../../src/compose/values/image.js";
import type { Claim, Engine } from "../../../src/control/ports/engine.js";
import { execute, idsOf } from "../../../src/control/work/steps/execute.js";
import { emptyMemory } from "../../../src/plan/model/desired.js";
import type { HostSnapshot } from "../../../src/plan/model/host/host-snapshot.js";
import type { ForeignContainer, ObservedContainer } from "../../../src/plan/model/host/observed.js";
import type { Outcome } from "../../../src/plan/model/outcome.js";
import type { StepKind } from "../../../src/plan/model/step.js";
import { viewOf } from "../../../src/plan/model/view.js";
import { plan } from "../../../src/plan/plan.js";

/** Everything but these is carried out: nothing is ever started here. */
const left: ReadonlySet<StepKind> = new Set(["start-container", "stop-container", "tag-image"]);

/**
 * Brings a project's containers to the role that serves, as the controller does: with the planner's own steps and its
 * own executor. The planner is only told that whatever exists has been running, and healthy, for an hour, and has had its hooks.
 */
export async function createServices(services: readonly ServiceSpec[], digest: Digest, engine: Engine): Promise<void> {
  const named = services.flatMap((spec) => containerBondsOf(spec).map(({ container }) => container));
  const claim: Claim = (one) => (named.some((reference) => isNamedBy(reference, one)) ? "provider" : undefined);
  let last: readonly Outcome[] = [];
  for (let round = 0; round < 20; round++) {
    const outcomes: Outcome[] = [];
    for (const spec of services) {
      const snapshot = await engine.snapshot(claim);
      const host = {
        ...snapshot,
        containers: snapshot.containers.map((seen) => proven(seen, services, snapshot)),
        foreign: snapshot.foreign.map(running),
      };
      outcomes.push(await reconcile(spec, digest, host, engine));
    }
    if (outcomes.every(({ kind }) => kind === "converged")) return;
    const blocked = outcomes.find(({ kind }) => kind === "blocked" || kind === "failed");
    if (blocked !== undefined) throw new Error(`${blocked.reason}: ${blocked.because}`);
    last = outcomes.filter(({ kind }) => kind !== "converged");
  }
  throw new Error(
    `the planner does not come to an end: ${last.map(({ reason, because }) => `${reason}: ${because}`).join("; ")}`,
  );
}

async function reconcile(spec: ServiceSpec, digest: Digest, host: HostSnapshot, engine: Engine) {
  const desired = { spec, specHash: specHash(spec), target: { known: true as const, digest, sameContent: [] } };
  const postStarts = new Map(host.containers.map(({ id, startedAt }) => [id, { startedAt }]));
  const { steps, outcome } = plan(desired, viewOf(host, spec, new Map()), { ...emptyMemory, postStarts });
  const ids = idsOf(host.containers);
  for (const step of steps.filter(({ kind }) => !left.has(kind))) {
    await execute(step, {
      engine,
      gates: { state: notNow, setRoutes: notNow },
      ids,
      control: {
        "pull-image": notNow,
        "build-image": notNow,
        "stop-container": notNow,
        "signal-container": notNow,
        "pre-stop": notNow,
        "post-start": notNow,
        "note-leaving": notNow,
        "note-reload": notNow,
        "note-refusal": notNow,
        "keep-logs": notNow,
        "hand-over": notNow,
      },
    });
  }
  return outcome;
}

function notNow(): never {
  throw new Error("the planner should neither pull nor build nor see a failure");
}

/** What a file names of others is only created here, like everything else. */
function running(foreign: ForeignContainer): ForeignContainer {
  return foreign.facts === undefined ? foreign : { ...foreign, facts: { ...foreign.facts, state: "running" } };
}

/** It has been running for an hour, or has ended well where it is meant to end. */
function proven(
  container: ObservedContainer,
  services: readonly ServiceSpec[],
  { takenAt }: HostSnapshot,
): ObservedContainer {
  const since = takenAt - 3_600_000;
  const spec = services.find(({ project, name }) => project === container.project && name === container.service);
  const started = { ...container, createdAt: since, startedAt: since };
  if (spec?.oneShot === true) return { ...started, state: "exited", exitCode: 0, finishedAt: since + 1_000 };
  const checked = container.healthcheck !== undefined;
  const health = checked ? ({ health: "healthy", healthySince: since } as const) : ({ health: "none" } as const);
  return { ...started, state: "running", ...health };
}
