/*
 * One run of one service lives here: observe, plan, execute, write down. What to do is for the planner to say.
 */

import { randomBytes } from "node:crypto";
import { specHash } from "../../compose/model/hash.js";
import { jobImages } from "../../compose/model/job.js";
import { serviceKey } from "../../compose/model/service.js";
import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import { asDigest, formatImage, pinnedImage } from "../../compose/values/image.js";
import { asFairleadError, FairleadError } from "../../errors.js";
import { lostNamespace } from "../../plan/bonds/bonds.js";
import { pinned } from "../../plan/history/pin.js";
import { movedBy } from "../../plan/steps/make-room.js";
import { isConclusive } from "../../plan/judge/conclusive.js";
import { isPaused } from "../../plan/judge/paused.js";
import { refusalOf } from "../../plan/judge/refusal.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import { isComplete, isOnItsWay } from "../../plan/model/dependency.js";
import type { Desired, Target } from "../../plan/model/desired.js";
import { runOf } from "../../plan/model/observed.js";
import type { HostSnapshot } from "../../plan/model/observed.js";
import type { Outcome } from "../../plan/model/outcome.js";
import type { ResourceClaim } from "../../plan/model/resources.js";
import type { Step, StepKind, StepOf } from "../../plan/model/step.js";
import { viewOf } from "../../plan/model/view.js";
import type { View } from "../../plan/model/view.js";
import { plan } from "../../plan/plan.js";
import { planRemoval } from "../../plan/rollout/removal.js";
import { withStandIn } from "../../plan/rollout/stand-in.js";
import { bareStatus, statusOf } from "../../plan/status/status.js";
import { withTrouble } from "../../plan/status/trouble.js";
import { renderStep, shorten } from "../../plan/steps/render.js";
import { gatesOf } from "../../plan/traffic/gate.js";
import type { Cached } from "../../tools/cached.js";
import { given } from "../../tools/present.js";
import type { Declared } from "../desired/catalog.js";
import { reasonOf } from "../desired/reasons.js";
import { Resolutions } from "../desired/resolutions.js";
import type { Targets } from "../desired/targets.js";
import { withWindow } from "../desired/window.js";
import type { Journal } from "../journal/journal.js";
import type { GateWatch } from "../observed/gate-watch.js";
import type { MountWatch } from "../observed/mount-watch.js";
import { officeSeen } from "../office/own-office.js";
import type { OwnOffice } from "../office/own-office.js";
import type { Clock } from "../ports/clock.js";
import type { Engine } from "../ports/engine.js";
import type { Gates } from "../ports/gates.js";
import type { Log } from "../ports/log.js";
import type { ReconcileResult, Telemetry } from "../ports/telemetry.js";
import type { RunResult } from "../queue/queue.js";
import type { Builds } from "./builds.js";
import { execute, idsOf } from "./execute.js";
import { awaitOthers, holdAll } from "./holding.js";
import { noteLeaving, noteStop, runPreStop } from "./leaving.js";
import type { Ledger } from "./ledger.js";
import { runPostStart } from "./post-start.js";
import type { Pulls } from "./pulls.js";
import { noteReload, sendReload } from "./reload.js";

export interface ReconcilerOptions {
  readonly engine: Engine;
  readonly gates: Gates;
  readonly gateWatch: GateWatch;
  readonly mountWatch: MountWatch;
  readonly host: Pick<Cached<HostSnapshot>, "get" | "invalidate">;
  readonly targets: Targets;
  readonly pulls: Pulls;
  readonly builds: Builds;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly log: Log;
  readonly prune: boolean;
  readonly office: OwnOffice;
  readonly declared: (key: ServiceKey) => Declared | undefined;
  readonly claims: () => readonly ResourceClaim[];
  /** Undefined: nothing of the service is left. */
  readonly publish: (key: ServiceKey, status: ServiceStatus | undefined, onItsWay: boolean) => void;
  /** As far as it can be seen now. */
  readonly shown: (status: ServiceStatus) => ServiceStatus;
  /** Something that a run waited for has come. */
  readonly wake: (key: ServiceKey) => void;
  /** No run of that service begins until the answer is called; undefined: one is under way. */
  readonly hold: (key: ServiceKey) => (() => void) | undefined;
  readonly status: (key: ServiceKey) => ServiceStatus | undefined;
  readonly isOnItsWay: (key: ServiceKey) => boolean;
}

/** A run that has not settled after this many looks, and so many more for each replica, is not going to. */
const mostPasses = 16;
const passesOfReplica = 4;
const removalGraceMs = 10_000;
/** What waits for an event is looked at this often all the same. */
const patienceMs = 30_000;
const asking: Target = { known: false, reason: "NotObserved", message: "the registry is being asked" };

interface Run {
  readonly key: ServiceKey;
  readonly id: string;
  readonly log: Log;
  /** The host was looked at for this pass, with every container of the service. */
  afresh: boolean;
  /** It has changed the host. */
  acted: boolean;
  /** What is being done to the host, or could not be done. */
  step: StepKind | undefined;
  /** The engine has refused once to create or start a new container. */
  refused: boolean;
  retryAfterMs: number;
}

/** Observe, plan, act; again until nothing is left to do now. */
export class Reconciler {
  readonly #resolutions: Resolutions;

  constructor(private readonly options: ReconcilerOptions) {
    this.#resolutions = new Resolutions(options);
  }

  async run(key: ServiceKey): Promise<RunResult> {
    const { clock, telemetry, log } = this.options;
    const id = randomBytes(4).toString("hex");
    const [project, service] = key.split("/");
    const run: Run = {
      key,
      id,
      log: log.child({ reconcile: id, project, service }),
      afresh: false,
      acted: false,
      step: undefined,
      refused: false,
      retryAfterMs: 0,
    };
    const began = clock.monotonic();
    let result: RunResult;
    try {
      result = await this.#loop(run);
    } catch (thrown) {
      result = this.#failed(run, thrown);
    }
    telemetry.reconciled(key, labelOf(result), (clock.monotonic() - began) / 1_000);
    if (result.kind === "success") telemetry.succeeded(key, clock.now() / 1_000);
    return result;
  }

  async #loop(run: Run): Promise<RunResult> {
    const replicas = this.options.declared(run.key)?.spec.replicas ?? 1;
    const most = mostPasses + (replicas - 1) * passesOfReplica;
    for (let pass = 0; pass < most; pass += 1) {
      const declared = this.options.declared(run.key);
      if (run.afresh) this.#doubt(run.key);
      const { host, gateWatch, mountWatch } = this.options;
      const snapshot = await mountWatch.look(await gateWatch.look(await host.get(), run.key), run.key);
      const outcome =
        declared === undefined ? await this.#remove(run, snapshot) : await this.#converge(run, declared, snapshot);
      if (outcome !== undefined) return this.#resultOf(outcome, run);
    }
    throw new FairleadError("Internal", `${run.key} did not settle within ${most} looks`, {
      remedy: "please report this with the log lines of this reconcile id",
    });
  }

  #doubt(key: ServiceKey): void {
    const { engine, host } = this.options;
    const [project = "", name = ""] = key.split("/");
    engine.doubt(project, name);
    host.invalidate();
  }

  /** Undefined: the world has changed, or may have: look again. */
  async #converge(run: Run, declared: Declared, snapshot: HostSnapshot): Promise<Outcome | undefined> {
    const { ledger, pulls, clock } = this.options;
    const { spec, generation, specProblem, localChanges } = declared;
    const known = await this.#resolutions.dependencies(run, spec, snapshot);
    const refusals = ledger.refusals(run.key);
    const claims = this.options.claims();
    const office = await officeSeen(this.options.office, snapshot, clock);
    const view = { ...viewOf(snapshot, spec, pulls.states, clock.now(), known), refusals, claims, office };
    await ledger.rememberJobs(run.key, view, run.log);
    await ledger.rememberVolumes(run.key, view);
    await ledger.rememberLeft(run.key, spec, view, run.log);
    const resolved = await this.#resolutions.desired(run, spec, view);
    const flapping = ledger.flapping(run.key, { ...view, containers: lastingOf(spec, view.containers) });
    if (resolved !== undefined) await ledger.saw(run.key, resolved);
    const wanted = resolved ?? { spec, specHash: specHash(spec), target: asking };
    const { pin } = this.options.journal.record(run.key).memory;
    const desired = withWindow(pinned(wanted, pin), view.now);
    const goal = withStandIn(desired, view, ledger.memory(run.key, view));
    const rollout = await ledger.follow(run.key, goal, view, run.log);
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
        generation,
        now: clock.now(),
        isPaused: isPaused(spec, memory),
        flapping,
        stranded: lostNamespace(desired.spec, view),
      };
      this.#publish(run, statusOf(input, this.options.status(run.key)), isOnItsWay(outcome));
    }
    if (planned.heals !== undefined) ledger.healed(run.key, planned.heals);
    const moved = movedBy(planned.steps, view);
    const release = holdAll(run.key, moved, this.options.hold);
    if (release === undefined) return awaitOthers(run.key, moved, clock.now());
    try {
      const all = [...containers, ...view.jobs, ...gatesOf(spec, view), ...moved];
      await this.#act(run, planned.steps, all, view.helpers);
    } finally {
      release();
    }
    for (const key of planned.wake ?? []) this.options.wake(key);
    if (outcome.kind === "continue") return undefined;
    if (resolved === undefined) return { ...outcome, kind: "wait", until: undefined, awaits: "registry" };
    if (outcome.kind === "converged" || outcome.kind === "blocked") ledger.settled(run.key);
    if (outcome.kind === "failed") this.#forgetFailure(desired);
    return outcome;
  }

  /** It has been reported: the try after the pause begins anew. */
  #forgetFailure({ spec, target, jobImages: known }: Desired): void {
    const { pulls, builds } = this.options;
    for (const image of jobImages(spec)) {
      const found = known?.get(formatImage(image));
      if (found?.known === true) pulls.forgetFailure(pinnedImage(image, asDigest(found.digest)));
    }
    if (target.known) pulls.forgetFailure(pinnedImage(spec.image, asDigest(target.digest)));
    else if (target.build?.state === "failed") builds.forgetFailure(target.build.mark);
  }

  async #remove(run: Run, snapshot: HostSnapshot): Promise<Outcome | undefined> {
    const { prune, clock } = this.options;
    const [project = "", name = ""] = run.key.split("/");
    const office = await officeSeen(this.options.office, snapshot, clock);
    const view = { ...viewOf(snapshot, { project, name, dependsOn: [] }, new Map(), clock.now()), office };
    if (this.#isSteered(view.containers)) {
      this.#publish(run, undefined);
      return { kind: "converged", reason: "Converged", because: "its service decides when it goes" };
    }
    const { steps, outcome } = planRemoval({ project, name }, prune, removalGraceMs, view);
    const left = [...view.containers, ...view.jobs];
    const image = left[0]?.image ?? "";
    this.#publish(run, left.length === 0 ? undefined : bareStatus({ project, name, image }, outcome, 0, clock.now()));
    await this.#act(run, steps, left, view.helpers);
    return outcome.kind === "continue" ? undefined : outcome;
  }

  /** The gate of a service that the files still declare: what it holds must not be lost before that can do without. */
  #isSteered(containers: View["containers"]): boolean {
    return containers.some(
      ({ project, gate }) => gate !== undefined && this.options.declared(serviceKey(project, gate.of)) !== undefined,
    );
  }

  async #act(
    run: Run,
    steps: readonly Step[],
    containers: View["containers"],
    helpers: View["helpers"] = [],
  ): Promise<void> {
    const { engine, gates, gateWatch, pulls, builds, ledger, host } = this.options;
    const context = {
      engine,
      gates,
      beginPull: ({ reference, platform }: StepOf<"pull-image">) => {
        pulls.begin(reference, platform);
      },
      beginBuild: (step: StepOf<"build-image">) => {
        builds.begin(step);
      },
      keepLogs: (step: Extract<Step, { kind: "keep-logs" }>, id: string) => ledger.keepLogs(run.key, step, id, run.log),
      preStop: (step: StepOf<"pre-stop">, id: string) => runPreStop(engine, step, id, run.log),
      postStart: (step: StepOf<"post-start">, id: string) => runPostStart(this.options, run.key, step, id, run.log),
      signal: (step: StepOf<"signal-container">, id: string) => sendReload(this.options, run.key, step, id),
      noteReload: (step: StepOf<"note-reload">, id: string) => noteReload(this.options, run.key, step, id, run.log),
      noteStop: (id: string) => this.#noteStop(run, id, containers),
      noteRefusal: (step: StepOf<"note-refusal">) => ledger.noteRefusal(run.key, step, run.log),
      noteLeaving: (step: StepOf<"note-leaving">, id: string) => noteLeaving(this.options, run.key, step, id),
      handOver: this.options.office.handOver,
      ids: idsOf([...containers, ...helpers]),
    };
    for (const step of steps) {
      try {
        run.step = step.kind;
        const done = await this.#perform(run, step, context);
        run.step = undefined;
        if (!done) return;
      } finally {
        host.invalidate();
        const told = "container" in step ? context.ids.get(step.container) : undefined;
        if (told !== undefined) gateWatch.forget(told);
      }
    }
  }

  /** An end of one that may end by itself, or that has not proved itself yet, would look like its own. */
  async #noteStop({ key }: Run, id: string, containers: View["containers"]): Promise<void> {
    this.options.ledger.weStop(key, id);
    const spec = this.options.declared(key)?.spec;
    const stopped = containers.find((one) => one.id === id);
    if (stopped?.role !== "next" && spec?.mayEnd !== true && spec?.respectStopMs === undefined) return;
    await noteStop(this.options, key, id, stopped === undefined ? undefined : runOf(stopped));
  }

  /** Answers whether what follows can be done too. */
  async #perform(run: Run, step: Step, context: Parameters<typeof execute>[1]): Promise<boolean> {
    const { clock, telemetry, journal, ledger } = this.options;
    const text = shorten(renderStep(step));
    const at = clock.now();
    const began = clock.monotonic();
    const goesOn = step.kind === "pull-image" || step.kind === "build-image";
    run.acted ||= !goesOn;
    try {
      run.log.info({ step: step.kind }, text);
      await execute(step, context);
      const made = step.kind === "create-container" ? context.ids.get(step.name) : undefined;
      void journal.append({ type: "step", at, key: run.key, run: run.id, text, ...given({ made }) });
      return true;
    } catch (thrown) {
      const error = asFairleadError(thrown);
      void journal.append({ type: "step", at, key: run.key, run: run.id, text, error: error.message });
      const isStart = step.kind === "start-container" && error.code !== "EngineUnreachable";
      const id = isStart ? context.ids.get(step.container) : undefined;
      if (id !== undefined) ledger.startRefused(run.key, id);
      if (!this.#isJudged(run, step, error) || run.refused) throw thrown;
      run.refused = true;
      run.log.warn({ step: step.kind, error: error.message }, "the engine refused it");
      return step.kind === "start-container";
    } finally {
      // What goes on beside the run tells by itself how long it has taken.
      if (!goesOn) telemetry.stepDone(step.kind, (clock.monotonic() - began) / 1_000);
    }
  }

  /** What the engine says of a refused container is judged by the next look like any other failure, once. */
  #isJudged(run: Run, step: Step, error: FairleadError): boolean {
    if (step.kind === "create-container") {
      const refusal = error.code === "EngineRefused" ? refusalOf(step, error.message) : undefined;
      if (refusal !== undefined) this.options.ledger.refused(run.key, refusal);
      return refusal !== undefined;
    }
    return step.kind === "start-container" && step.onTrial === true && error.code !== "EngineUnreachable";
  }

  #publish(run: Run, judged: ServiceStatus | undefined, onItsWay = false): void {
    const status = judged === undefined ? undefined : this.options.shown(judged);
    const before = this.options.status(run.key);
    const ready = status?.conditions.find((condition) => condition.type === "Ready");
    const was = before?.conditions.find((condition) => condition.type === "Ready");
    if (status !== undefined && ready !== undefined && (ready.reason !== was?.reason || ready.status !== was.status)) {
      this.options.journal.events.changed(status, this.options.clock.now());
      run.log.info({ reason: ready.reason, sync: status.sync, health: status.health }, shorten(ready.message));
    }
    this.options.publish(run.key, status, onItsWay);
  }

  #resultOf(outcome: Outcome, run: Run): RunResult {
    switch (outcome.kind) {
      case "converged":
      case "continue":
        return { kind: "success" };
      case "wait": {
        if (outcome.until === undefined) return { kind: "requeue", afterMs: patienceMs };
        return { kind: "requeue", afterMs: Math.max(0, outcome.until - this.options.clock.now()) };
      }
      case "failed":
        return { kind: "error", retryAfterMs: run.retryAfterMs, acted: run.acted };
      case "blocked":
        return { kind: "terminal" };
    }
  }

  #failed(run: Run, thrown: unknown): RunResult {
    const error = asFairleadError(thrown);
    const fields = { code: error.code, error: error.message, remedy: error.remedy };
    this.options.host.invalidate();
    if (error.code === "Internal") {
      this.options.telemetry.panicked(run.key);
      run.log.error(
        { ...fields, stack: error.cause instanceof Error ? error.cause.stack : error.stack },
        "reconcile panicked",
      );
    } else {
      run.log.error(fields, "reconcile failed");
    }
    const before = this.options.status(run.key);
    if (before !== undefined)
      this.#publish(run, withTrouble(before, reasonOf(error, run.step), error, this.options.clock.now()));
    if (error.retry === "never") return { kind: "terminal" };
    return { kind: "error", retryAfterMs: error.retryAfterMs ?? 0, acted: run.acted };
  }
}

/** To complete is no turn for the worse. */
function lastingOf({ oneShot, mayEnd }: ServiceSpec, containers: View["containers"]): View["containers"] {
  return oneShot === true || mayEnd === true ? containers.filter((one) => !isComplete(one)) : containers;
}

function labelOf(result: RunResult): ReconcileResult {
  return result.kind === "requeue" ? "requeue_after" : result.kind;
}
