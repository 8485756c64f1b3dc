/*
 * One step is done here: a call to the engine or a gate, or an entry of the journal. Which step is for the planner to say.
 */

import { asFairleadError } from "../../../errors.js";
import type { FairleadError } from "../../../errors.js";
import { refusalOf } from "../../../plan/judge/refusal.js";
import type { ObservedHelper } from "../../../plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../plan/model/host/observed.js";
import type { Step } from "../../../plan/model/step.js";
import { renderStep, shorten } from "../../../plan/steps/render.js";
import { given } from "../../../tools/present.js";
import { reasonOf } from "../../desired/reasons.js";
import type { Gates } from "../../ports/gates.js";
import type { Telemetry } from "../../ports/telemetry.js";
import { untracedStep } from "../../ports/tracing.js";
import type { GateWatch } from "../../observed/gate-watch.js";
import type { Failures } from "../memory/failures.js";
import type { Ledger } from "../memory/ledger.js";
import type { Run } from "../memory/run.js";
import { controlExecutors } from "./control-executors.js";
import type { ControlParts } from "./control-executors.js";
import { execute, idsOf } from "./execute.js";
import type { ExecutionContext } from "./execute.js";

export interface ExecutorOptions {
  readonly control: ControlParts;
  readonly gates: Gates;
  readonly gateWatch: Pick<GateWatch, "forget">;
  /** What is known of the host does not hold any more. */
  readonly invalidate: () => void;
  readonly ledger: Pick<Ledger, "startRefused">;
  readonly failures: Pick<Failures, "refused">;
  readonly telemetry: Pick<Telemetry, "stepDone">;
  /** What the step is a part of, by the beginning of that. */
  readonly courseOf: (key: Run["key"]) => number | undefined;
}

/** Does the steps of a run, one after another, up to the first that cannot be done; the journal knows of each. */
export class Executor {
  constructor(private readonly options: ExecutorOptions) {}

  async act(
    run: Run,
    steps: readonly Step[],
    containers: readonly ObservedContainer[],
    helpers: readonly ObservedHelper[] = [],
  ): Promise<void> {
    const { control, gates, gateWatch, invalidate } = this.options;
    const context = {
      engine: control.engine,
      gates,
      control: controlExecutors(control, run, containers),
      ids: idsOf([...containers, ...helpers]),
    };
    for (const step of steps) {
      try {
        run.step = step.kind;
        const done = await this.#perform(run, step, context);
        run.step = undefined;
        if (!done) return;
      } finally {
        invalidate();
        const told = "container" in step ? context.ids.get(step.container) : undefined;
        if (told !== undefined) gateWatch.forget(told);
      }
    }
  }

  /** Answers whether what follows can be done too. */
  async #perform(run: Run, step: Step, context: ExecutionContext): Promise<boolean> {
    const { telemetry, ledger, courseOf } = this.options;
    const { clock, journal } = this.options.control;
    const text = shorten(renderStep(step));
    const at = clock.now();
    const began = clock.monotonic();
    const tookMs = () => Math.round(clock.monotonic() - began);
    const goesOn = step.kind === "pull-image" || step.kind === "build-image";
    run.acted ||= !goesOn;
    const ended = goesOn ? untracedStep() : run.trace.step(step);
    try {
      run.log.info({ step: step.kind }, text);
      await execute(step, context);
      ended();
      const made = step.kind === "create-container" ? context.ids.get(step.name) : undefined;
      const more = goesOn ? {} : { course: courseOf(run.key), kind: step.kind, tookMs: tookMs() };
      void journal.append({ type: "step", at, key: run.key, run: run.id, text, ...given({ made, ...more }) });
      return true;
    } catch (thrown) {
      const error = asFairleadError(thrown);
      ended({ kind: "error", reason: reasonOf(error, step.kind), message: error.message });
      const more = given({ course: courseOf(run.key), kind: step.kind, tookMs: tookMs() });
      void journal.append({ type: "step", at, key: run.key, run: run.id, text, error: error.message, ...more });
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
      if (refusal !== undefined) this.options.failures.refused(run.key, refusal);
      return refusal !== undefined;
    }
    return step.kind === "start-container" && step.onTrial === true && error.code !== "EngineUnreachable";
  }
}
