import { specHash } from "../../compose/model/hash.js";
import { jobImages } from "../../compose/model/job.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { asDigest, formatImage, pinnedImage } from "../../compose/values/image.js";
import { lostNamespace } from "../../plan/bonds/bonds.js";
import { pinned } from "../../plan/history/pin.js";
import { isConclusive } from "../../plan/judge/conclusive.js";
import { isPaused } from "../../plan/judge/paused.js";
import { isComplete, isOnItsWay } from "../../plan/model/dependency.js";
import type { Rollout } from "../../plan/model/condition.js";
import type { Desired, Memory, Target } from "../../plan/model/desired.js";
import type { HostSnapshot } from "../../plan/model/host-snapshot.js";
import type { Outcome } from "../../plan/model/outcome.js";
import { viewOf } from "../../plan/model/view.js";
import type { View } from "../../plan/model/view.js";
import { plan } from "../../plan/plan.js";
import { withStandIn } from "../../plan/rollout/stand-in.js";
import { statusOf } from "../../plan/status/status.js";
import { movedBy } from "../../plan/steps/make-room.js";
import { gatesOf } from "../../plan/traffic/gate.js";
import type { Catalog, Declared } from "../desired/catalog.js";
import type { Resolutions } from "../desired/resolutions.js";
import { withWindow } from "../desired/window.js";
import { officeSeen } from "../office/own-office.js";
import type { OwnOffice } from "../office/own-office.js";
import type { Clock } from "../ports/clock.js";
import type { DeclaredService, Proven } from "../ports/source.js";
import type { KeyedQueue } from "../queue/queue.js";
import type { Builds } from "./beside/builds.js";
import type { Pulls } from "./beside/pulls.js";
import { awaitOthers, holdAll } from "./holding.js";
import { provenIn } from "./proven.js";
import type { Failures } from "./memory/failures.js";
import type { Ledger } from "./memory/ledger.js";
import type { Rollouts } from "./memory/rollouts.js";
import type { Run } from "./memory/run.js";
import type { Reports } from "./reports.js";
import type { Executor } from "./steps/executor.js";

export interface ConvergenceOptions {
  readonly resolutions: Resolutions;
  readonly catalog: Pick<Catalog, "claims">;
  readonly ledger: Ledger;
  readonly rollouts: Rollouts;
  readonly failures: Pick<Failures, "refusals">;
  readonly beside: Beside;
  readonly executor: Executor;
  readonly reports: Reports;
  /** Is told what each service has proved. */
  readonly proved: (service: Omit<DeclaredService, "source">, proven: Proven | undefined) => void;
  readonly queue: Pick<KeyedQueue, "add" | "hold">;
  readonly office: OwnOffice;
  readonly clock: Clock;
}

/** What goes on beside the runs. */
export interface Beside {
  readonly pulls: Pick<Pulls, "states" | "forgetFailure">;
  readonly builds: Pick<Builds, "forgetFailure">;
}

const asking: Target = { known: false, reason: "NotObserved", message: "the registry is being asked" };

/** A pass of a declared service: what it is and what it should be, the plan, and its steps. */
export class Convergence {
  constructor(private readonly options: ConvergenceOptions) {}

  /** Undefined: the world has changed, or may have: look again. */
  async pass(run: Run, declared: Declared, snapshot: HostSnapshot): Promise<Outcome | undefined> {
    const { resolutions, ledger, rollouts, reports, executor, queue, clock } = this.options;
    const { spec, generation, specProblem, localChanges, takenBack } = declared;
    const view = await this.#view(run, spec, snapshot);
    await ledger.remember(run, spec, view);
    const resolved = await resolutions.desired(run, spec, view);
    const flapping = ledger.flapping(run.key, { ...view, containers: lastingOf(spec, view.containers) });
    if (resolved !== undefined) await ledger.saw(run.key, resolved);
    const wanted = resolved ?? { spec, specHash: specHash(spec), target: asking };
    const desired = withWindow(pinned(wanted, ledger.pin(run.key)), view.now);
    const goal = withStandIn(desired, view, ledger.memory(run.key, view));
    const rollout = await rollouts.follow(run, goal, view);
    const memory = ledger.memory(run.key, view);
    const planned = plan(desired, view, memory);
    if (!run.afresh && isConclusive(planned.steps)) {
      run.afresh = true;
      return undefined;
    }
    run.afresh = false;
    const { outcome } = planned;
    const { containers } = view;
    if (resolved !== undefined) {
      const input = {
        desired,
        containers,
        outcome,
        rollout,
        specProblem,
        localChanges,
        takenBack,
        generation,
        now: clock.now(),
        isPaused: isPaused(spec, memory),
        flapping,
        stranded: lostNamespace(desired.spec, view),
      };
      reports.publish(run, statusOf(input, reports.of(run.key)), isOnItsWay(outcome));
      this.#tellProven(run, resolved, memory, rollout);
    }
    if (planned.heals !== undefined) ledger.healed(run.key, planned.heals);
    const moved = movedBy(planned.steps, view);
    const release = holdAll(run.key, moved, (key) => queue.hold(key));
    if (release === undefined) return awaitOthers(run.key, moved, clock.now());
    try {
      const all = [...containers, ...view.jobs, ...gatesOf(spec, view), ...moved];
      await executor.act(run, planned.steps, all, view.helpers);
    } finally {
      release();
    }
    for (const key of planned.wake ?? []) queue.add(key);
    if (outcome.kind === "continue") return undefined;
    if (resolved === undefined) return { ...outcome, kind: "wait", until: undefined, awaits: "registry" };
    if (outcome.kind === "converged" || outcome.kind === "blocked") rollouts.settled(run.key);
    if (outcome.kind === "failed") this.#forgetFailure(desired);
    return outcome;
  }

  /** While the registry cannot be asked, nobody knows more than before. */
  #tellProven({ key }: Run, wanted: Desired, memory: Memory, rollout: Rollout | undefined): void {
    if (!wanted.target.known) return;
    const { proved, rollouts } = this.options;
    const { project, name } = wanted.spec;
    proved({ project, service: name }, provenIn({ wanted, memory, rollout, cause: rollouts.causeOf(key) }));
  }

  async #view(run: Run, spec: ServiceSpec, snapshot: HostSnapshot): Promise<View> {
    const { resolutions, catalog, failures, beside, clock } = this.options;
    const known = await resolutions.dependencies(run, spec, snapshot);
    const refusals = failures.refusals(run.key);
    const { claims } = catalog;
    const office = await officeSeen(this.options.office, snapshot, clock);
    const view = viewOf(snapshot, spec, beside.pulls.states, { now: clock.now(), known });
    return { ...view, refusals, claims, office };
  }

  /** It has been reported: the try after the pause begins anew. */
  #forgetFailure({ spec, target, jobImages: known }: Desired): void {
    const { pulls, builds } = this.options.beside;
    for (const image of jobImages(spec)) {
      const found = known?.get(formatImage(image));
      if (found?.known === true) pulls.forgetFailure(pinnedImage(image, asDigest(found.digest)));
    }
    if (target.known) pulls.forgetFailure(pinnedImage(spec.image, asDigest(target.digest)));
    else if (target.build?.state === "failed") builds.forgetFailure(target.build.mark);
  }
}

/** To complete is no turn for the worse. */
function lastingOf({ oneShot, mayEnd }: ServiceSpec, containers: View["containers"]): View["containers"] {
  return oneShot === true || mayEnd === true ? containers.filter((one) => !isComplete(one)) : containers;
}
