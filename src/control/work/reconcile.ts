/*
 * One run of one service lives here: observe, plan, execute, write down. What to do is for the planner to say.
 */

import { randomUUID } from "node:crypto";
import type { ServiceKey } from "../../compose/model/service.js";
import { asFairleadError, FairleadError } from "../../errors.js";
import type { Outcome } from "../../plan/model/outcome.js";
import { withTrouble } from "../../plan/status/trouble.js";
import type { Catalog } from "../desired/catalog.js";
import { reasonOf } from "../desired/reasons.js";
import type { Lookout } from "../observed/lookout.js";
import type { Clock } from "../ports/clock.js";
import type { Log } from "../ports/log.js";
import type { ReconcileResult, Telemetry } from "../ports/telemetry.js";
import type { Tracing } from "../ports/tracing.js";
import type { Occasion, RunResult } from "../queue/queue.js";
import type { Convergence } from "./convergence.js";
import type { Run } from "./memory/run.js";
import type { Removal } from "./removal.js";
import type { Reports } from "./reports.js";

export interface ReconcilerOptions {
  readonly catalog: Pick<Catalog, "declared">;
  readonly lookout: Pick<Lookout, "lookAt" | "doubt" | "invalidate">;
  readonly convergence: Convergence;
  readonly removal: Removal;
  readonly reports: Reports;
  readonly telemetry: Telemetry;
  readonly tracing: Tracing;
  readonly clock: Clock;
  readonly log: Log;
}

/** A run that has not settled after this many looks, and so many more for each replica, is not going to. */
const mostPasses = 16;
const passesOfReplica = 4;
/** What waits for an event is looked at this often all the same. */
const patienceMs = 30_000;
/** No event tells that another controller has gone. */
const otherPatienceMs = 10_000;

/** Observe, plan, act; again until nothing is left to do now. */
export class Reconciler {
  constructor(private readonly options: ReconcilerOptions) {}

  async run(key: ServiceKey, { addedAt, isRoutine }: Occasion): Promise<RunResult> {
    const { clock, telemetry, tracing, log } = this.options;
    const id = randomUUID().slice(0, 8);
    const [project, service] = key.split("/");
    const began = clock.monotonic();
    const run: Run = {
      key,
      id,
      trace: tracing.run(key, id, began - addedAt),
      log: log.child({ reconcile: id, project, service }),
      isRoutine,
      afresh: false,
      acted: false,
      step: undefined,
      refused: false,
      retryAfterMs: 0,
    };
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
    const { catalog, lookout, convergence, removal } = this.options;
    const replicas = catalog.declared(run.key)?.spec.replicas ?? 1;
    const most = mostPasses + (replicas - 1) * passesOfReplica;
    for (let pass = 0; pass < most; pass += 1) {
      const declared = catalog.declared(run.key);
      if (run.afresh) lookout.doubt(run.key);
      const snapshot = await run.trace.within("observe", () => lookout.lookAt(run.key));
      const outcome =
        declared === undefined ? await removal.pass(run, snapshot) : await convergence.pass(run, declared, snapshot);
      if (outcome === undefined) continue;
      run.trace.ended(outcome);
      return this.#resultOf(outcome, run);
    }
    throw new FairleadError("Internal", `${run.key} did not settle within ${most} looks`, {
      remedy: "please report this with the log lines of this reconcile id",
    });
  }

  #resultOf(outcome: Outcome, run: Run): RunResult {
    switch (outcome.kind) {
      case "converged":
      case "continue":
        return { kind: "success" };
      case "wait": {
        if (outcome.until === undefined) {
          return { kind: "requeue", afterMs: patienceMs, isRoutine: run.isRoutine && outcome.awaits === "registry" };
        }
        return { kind: "requeue", afterMs: Math.max(0, outcome.until - this.options.clock.now()) };
      }
      case "failed":
        return { kind: "error", retryAfterMs: run.retryAfterMs, acted: run.acted };
      case "blocked":
        if (outcome.reason === "OtherController") return { kind: "requeue", afterMs: otherPatienceMs };
        return { kind: "terminal" };
    }
  }

  #failed(run: Run, thrown: unknown): RunResult {
    const { lookout, reports, telemetry, clock } = this.options;
    const error = asFairleadError(thrown);
    run.trace.ended({ kind: "error", reason: reasonOf(error, run.step), message: error.message });
    const fields = { code: error.code, error: error.message, remedy: error.remedy };
    lookout.invalidate();
    if (error.code === "Internal") {
      telemetry.panicked(run.key);
      run.log.error(
        { ...fields, stack: error.cause instanceof Error ? error.cause.stack : error.stack },
        "reconcile panicked",
      );
    } else {
      run.log.error(fields, "reconcile failed");
    }
    const before = reports.of(run.key);
    if (before !== undefined) reports.publish(run, withTrouble(before, reasonOf(error, run.step), error, clock.now()));
    if (error.retry === "never") return { kind: "terminal" };
    return { kind: "error", retryAfterMs: error.retryAfterMs ?? 0, acted: run.acted };
  }
}

function labelOf(result: RunResult): ReconcileResult {
  return result.kind === "requeue" ? "requeue_after" : result.kind;
}
