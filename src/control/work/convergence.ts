import { specHash } from "../../compose/model/hash.js";
import { jobImages } from "../../compose/model/policy/job.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { asDigest, formatImage, pinnedImage } from "../../compose/values/image.js";
import { lostNamespace } from "../../plan/bonds/bonds.js";
import { pinned } from "../../plan/history/pin.js";
import { isConclusive } from "../../plan/judge/conclusive.js";
import { isPaused } from "../../plan/judge/paused.js";
import { isComplete, isOnItsWay } from "../../plan/model/dependency.js";
import type { KnownDependency } from "../../plan/model/dependency.js";
import type { Rollout } from "../../plan/model/condition.js";
import type { Desired, Memory, Target } from "../../plan/model/desired.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { Outcome } from "../../plan/model/outcome.js";
import { viewOf } from "../../plan/model/view.js";
import type { View } from "../../plan/model/view.js";
import { plan } from "../../plan/plan.js";
import { lastsUntil } from "../../plan/rest/lasts-until.js";
import { withStandIn } from "../../plan/rollout/stand-in.js";
import { statusOf } from "../../plan/status/status.js";
import { movedBy } from "../../plan/steps/make-room.js";
import { gatesOf } from "../../plan/traffic/gate.js";
import { given } from "../../tools/present.js";
import type { Catalog, Declared } from "../desired/catalog.js";
import type { Resolutions } from "../desired/resolutions.js";
import { withWindow } from "../desired/window.js";
import { officeSeen } from "../office/own-office.js";
import type { OwnOffice } from "../office/own-office.js";
import type { Clock } from "../ports/clock.js";
import type { DeclaredService, Proven } from "../ports/source.js";
import type { Progresses } from "../progress/progress.js";
import type { KeyedQueue } from "../queue/queue.js";
import type { Builds } from "./beside/builds.js";
import type { Promotions } from "./beside/promotions.js";
import type { Pulls } from "./beside/pulls.js";
import { awaitOthers, holdAll } from "./holding.js";
import { provenDigest, provenIn } from "./proven.js";
import type { Failures } from "./memory/failures.js";
import type { Ledger } from "./memory/ledger.js";
import type { Rollouts } from "./memory/rollouts.js";
import type { Run } from "./memory/run.js";
import type { Reports } from "./reports.js";
import type { Conclusion, Resting } from "./resting.js";
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
  readonly progresses: Pick<Progresses, "planned">;
  readonly resting: Resting;
  /** Is told what each service has proved. */
  readonly proved: (service: Omit<DeclaredService, "source">, proven: Proven | undefined) => void;
  readonly queue: Pick<KeyedQueue, "add" | "hold">;
  readonly office: OwnOffice;
  readonly clock: Clock;
}

/** What goes on beside the runs. */
export interface Beside {
  readonly pulls: Pick<Pulls, "asOf" | "forgetFailure">;
  readonly builds: Pick<Builds, "forgetFailure">;
  readonly promotions: Pick<Promotions, "tell" | "standing">;
}

const asking: Target = { known: false, reason: "NotObserved", message: "the registry is being asked" };

/** A pass of a declared service: what it is and what it should be, the plan, and its steps. */
export class Convergence {
  constructor(private readonly options: ConvergenceOptions) {}

  /** Undefined: the world has changed, or may have: look again. */
  async pass(run: Run, declared: Declared, snapshot: HostSnapshot): Promise<Outcome | undefined> {
    const { resolutions, resting } = this.options;
    const { spec } = declared;
    const resolve = (view: View) => run.trace.within("resolve", () => resolutions.desired(run, spec, view));
    const known = run.isRoutine ? resting.of(run.key, declared, snapshot) : undefined;
    if (known === undefined) return this.#plan(run, declared, snapshot, resolve);
    const wanted = await resolve(this.#viewOf(spec, snapshot));
    if (wanted === undefined) return lateAnswer(known.outcome);
    if (resting.holds(run.key, wanted)) return this.#sayAgain(run, known);
    return this.#plan(run, declared, snapshot, () => Promise.resolve(wanted));
  }

  /** All is as it was, and so is what there is to say; whoever is told at each look is told. */
  #sayAgain(run: Run, { wanted, memory, rollout, outcome, status }: Conclusion): Outcome {
    const { reports, rollouts, resting, clock } = this.options;
    this.#tellProven(run, wanted, memory, rollout);
    reports.publish(run, { ...status, observedAt: new Date(clock.now()).toISOString() }, isOnItsWay(outcome));
    const said = reports.of(run.key);
    if (said !== undefined) resting.said(run.key, said);
    if (outcome.kind === "converged" || outcome.kind === "blocked") rollouts.settled(run.key);
    return outcome;
  }

  async #plan(
    run: Run,
    declared: Declared,
    snapshot: HostSnapshot,
    resolve: (view: View) => Promise<Desired | undefined>,
  ): Promise<Outcome | undefined> {
    const { resolutions, ledger, rollouts, reports, executor, queue, clock } = this.options;
    const { spec, generation, specProblem, localChanges, takenBack } = declared;
    this.options.resting.forget(run.key);
    const view = await this.#view(run, spec, snapshot);
    await ledger.remember(run, spec, view);
    const resolved = await resolve(view);
    const flapping = ledger.flapping(run.key, { ...view, containers: lastingOf(spec, view.containers) });
    if (resolved !== undefined) await ledger.saw(run.key, resolved);
    const wanted = resolved ?? {
      spec,
      specHash: specHash(spec),
      target: asking,
      ...resolutions.unasked(run.key, spec, view),
    };
    const desired = withWindow(pinned(wanted, ledger.pin(run.key)), view.now);
    const goal = withStandIn(desired, view, ledger.memory(run.key, view));
    const rollout = await rollouts.follow(run, goal, view);
    const memory = ledger.memory(run.key, view);
    const record = ledger.recordOf(run.key);
    const planned = plan(desired, view, memory);
    if (isConclusive(planned.steps)) {
      if (!run.afresh) {
        run.afresh = true;
        return undefined;
      }
      run.trace.judged();
    }
    run.afresh = false;
    this.options.progresses.planned(run.key, { desired, view, memory, host: snapshot, plan: planned });
    const { outcome } = planned;
    const { containers } = view;
    if (resolved !== undefined) {
      this.#tellProven(run, resolved, memory, rollout);
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
        tagMoves: this.options.beside.promotions.standing(run.key, resolved.spec),
      };
      reports.publish(run, statusOf(input, reports.of(run.key)), isOnItsWay(outcome));
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
    if (resolved === undefined) return lateAnswer(outcome);
    const until = flapping === undefined ? lastsUntil(planned, view, memory) : undefined;
    const status = reports.of(run.key);
    if (until !== undefined && status !== undefined) {
      const conclusion = { wanted: resolved, memory, rollout, outcome, status, until };
      this.options.resting.note(run.key, { host: snapshot, record }, conclusion);
    }
    if (outcome.kind === "converged" || outcome.kind === "blocked") rollouts.settled(run.key);
    if (outcome.kind === "failed") this.#forgetFailure(desired);
    return outcome;
  }

  /** While the registry cannot be asked, nobody knows more than before. */
  #tellProven({ key }: Run, wanted: Desired, memory: Memory, rollout: Rollout | undefined): void {
    if (!wanted.target.known) return;
    const { proved, rollouts, beside } = this.options;
    const { project, name } = wanted.spec;
    beside.promotions.tell(key, wanted.spec, provenDigest({ wanted, memory, rollout }));
    proved({ project, service: name }, provenIn({ wanted, memory, rollout, cause: rollouts.causeOf(key) }));
  }

  async #view(run: Run, spec: ServiceSpec, snapshot: HostSnapshot): Promise<View> {
    const { resolutions, catalog, failures, clock } = this.options;
    const known = await resolutions.dependencies(run, spec, snapshot);
    const refusals = failures.refusals(run.key);
    const { claims } = catalog;
    const office = await officeSeen(this.options.office, snapshot, clock);
    return { ...this.#viewOf(spec, snapshot, known), refusals, claims, office };
  }

  #viewOf(spec: ServiceSpec, snapshot: HostSnapshot, known?: ReadonlyMap<string, KnownDependency>): View {
    const { beside, clock } = this.options;
    return viewOf(snapshot, spec, beside.pulls.asOf(snapshot.reading?.askedAt), {
      now: clock.now(),
      ...given({ known }),
    });
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

/** It comes again when the registry has answered; so late as that, nothing new is begun. */
function lateAnswer(outcome: Outcome): Outcome {
  return { ...outcome, kind: "wait", until: undefined, awaits: "registry" };
}

/** To complete is no turn for the worse. */
function lastingOf({ oneShot, mayEnd }: ServiceSpec, containers: View["containers"]): View["containers"] {
  return oneShot === true || mayEnd === true ? containers.filter((one) => !isComplete(one)) : containers;
}
