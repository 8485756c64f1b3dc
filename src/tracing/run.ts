import type { Attributes, Span } from "@opentelemetry/api";
import type { ServiceKey } from "../compose/model/service.js";
import type { EndOfStep, Flaw, RunTrace } from "../control/ports/tracing.js";
import { asFairleadError } from "../errors.js";
import type { Outcome } from "../plan/model/outcome.js";
import type { Step } from "../plan/model/step.js";
import { attributesOf, contextIn, markFailed, timeOf } from "./spans.js";
import type { UnderWay, Update } from "./update.js";

export interface RunOptions {
  readonly key: ServiceKey;
  readonly id: string;
  readonly waitedMs: number;
  readonly beganAt: number;
}

const nothing: EndOfStep = () => undefined;

/** One run as a part of the update that is under way. A run that nobody asked for and that does nothing has no span. */
export class RunSpans implements RunTrace {
  #span: Span | undefined;
  #update: Update | undefined;

  constructor(
    private readonly updates: UnderWay,
    private readonly options: RunOptions,
  ) {}

  async within<T>(part: "observe" | "resolve", work: () => Promise<T>): Promise<T> {
    const end = this.#begin(this.updates.of(this.options.key), part, {});
    try {
      const result = await work();
      end();
      return result;
    } catch (thrown) {
      const { code: reason, message } = asFairleadError(thrown);
      end({ kind: "error", reason, message });
      throw thrown;
    }
  }

  step(step: Step): EndOfStep {
    const { updates } = this;
    const { key } = this.options;
    const update = updates.of(key) ?? updates.begin(key, undefined, undefined);
    update.steps += 1;
    const end = this.#begin(update, step.kind, attributesOf(step));
    return (flaw) => {
      end(flaw);
      const isOnTrial = step.kind === "start-container" && step.onTrial === true;
      if (isOnTrial && flaw === undefined && updates.of(key) === update) updates.awaitHealth(update);
    };
  }

  judged(): void {
    const update = this.updates.of(this.options.key);
    if (update !== undefined) this.updates.healthKnown(update);
  }

  ended(how: Outcome | Flaw): void {
    const { updates } = this;
    this.#span?.setAttribute("fairlead.result", how.kind);
    if (this.#span !== undefined && how.kind === "error") markFailed(this.#span, how);
    if (this.#span !== undefined && how.kind === "failed") markFailed(this.#span, { ...how, message: how.because });
    if (how.kind !== "error") this.#span?.setAttribute("fairlead.reason", how.reason);
    this.#span?.end(updates.now());
    if (how.kind !== "error") updates.settled(this.options.key, how);
  }

  #begin(update: Update | undefined, name: string, attributes: Attributes): EndOfStep {
    const { updates } = this;
    const run = update === undefined ? undefined : this.#runIn(update);
    if (update === undefined || run === undefined) return nothing;
    const span = updates.child(update, name, updates.nowMs(), { parent: contextIn(run), attributes });
    return (flaw) => {
      if (span === undefined) return;
      if (flaw !== undefined) markFailed(span, flaw);
      span.end(updates.now());
    };
  }

  /** What was waited for the run stands before it. */
  #runIn(update: Update): Span | undefined {
    if (this.#update === update) return this.#span;
    const { updates } = this;
    const { id, waitedMs, beganAt } = this.options;
    this.#update = update;
    if (update.beganAt <= beganAt) {
      updates.child(update, "queue", beganAt - waitedMs)?.end(timeOf(beganAt));
    }
    this.#span = updates.child(update, "reconcile", beganAt, { attributes: { "fairlead.run": id } });
    return this.#span;
  }
}
