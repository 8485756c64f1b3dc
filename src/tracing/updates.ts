import type { Context, HrTime, Span, Tracer } from "@opentelemetry/api";
import { SpanKind, trace } from "@opentelemetry/api";
import type { ServiceKey } from "../compose/model/service.js";
import type { Clock } from "../control/ports/clock.js";
import type { Flaw, RunTrace, TraceParent, Tracing } from "../control/ports/tracing.js";
import type { Rollout } from "../plan/model/condition.js";
import type { Outcome } from "../plan/model/outcome.js";
import { RunSpans } from "./run.js";
import { contextIn, contextOf, markFailed, timeOf } from "./spans.js";
import type { ChildOptions, UnderWay, Update } from "./update.js";

export interface UpdatesOptions {
  readonly tracer: Tracer;
  readonly clock: Clock;
}

/** What takes longer is not followed to its end. */
const longestMs = 3_600_000;
/** Nor is what looks again and again. */
const mostSpans = 1_000;

/** The updates under way: one a service at most. Whatever nobody has asked for begins with its first step. */
export class Updates implements Tracing, UnderWay {
  readonly #open = new Map<ServiceKey, Update>();

  constructor(private readonly options: UpdatesOptions) {}

  asked(key: ServiceKey, cause: string, parent: TraceParent | undefined): void {
    const context = contextOf(parent, false);
    const known = this.#open.get(key);
    const asker = context === undefined ? undefined : trace.getSpanContext(context);
    if (known === undefined) this.begin(key, parent === undefined ? cause : undefined, context);
    else if (asker !== undefined) known.span.addLink({ context: asker });
  }

  run(key: ServiceKey, id: string, waitedMs: number): RunTrace {
    return new RunSpans(this, { key, id, waitedMs, beganAt: this.options.clock.now() });
  }

  rollout(key: ServiceKey, rollout: Rollout): void {
    const update = this.#open.get(key);
    if (update === undefined) return;
    update.rollout = rollout;
    const { id, from, to } = rollout;
    update.span.setAttributes({ "fairlead.rollout.id": id, "fairlead.rollout.to": to });
    if (from !== undefined) update.span.setAttribute("fairlead.rollout.from", from);
    if (rollout.outcome === undefined) return;
    this.healthKnown(update);
    update.span.addEvent(`rollout ${rollout.outcome}`, {}, this.now());
  }

  forget(key: ServiceKey): void {
    this.#close(key, "forgotten");
  }

  /** What is under way is interrupted. */
  stop(): void {
    for (const key of [...this.#open.keys()]) this.#close(key, "interrupted");
  }

  of(key: ServiceKey): Update | undefined {
    return this.#open.get(key);
  }

  begin(key: ServiceKey, cause: string | undefined, parent: Context | undefined): Update {
    const { clock } = this.options;
    const [project = "", service = ""] = key.split("/");
    const whose = { "fairlead.project": project, "fairlead.service": service };
    const attributes = cause === undefined ? whose : { ...whose, "fairlead.cause": cause };
    const beganAt = clock.now();
    const span = this.#start("update", beganAt, parent, attributes);
    const cancelTimer = clock.after(longestMs, () => {
      this.#close(key, "unfinished");
    });
    const rest = { count: 1, steps: 0, health: undefined, rollout: undefined };
    const update: Update = { span, context: contextIn(span), beganAt, cancelTimer, ...rest };
    this.#open.set(key, update);
    return update;
  }

  child(update: Update, name: string, at: number, { parent, attributes = {} }: ChildOptions = {}): Span | undefined {
    if (update.count >= mostSpans) return undefined;
    update.count += 1;
    return this.#start(name, Math.max(at, update.beganAt), parent ?? update.context, attributes);
  }

  awaitHealth(update: Update): void {
    update.health ??= this.child(update, "wait-for-health", this.options.clock.now());
  }

  healthKnown(update: Update): void {
    update.health?.end(this.now());
    update.health = undefined;
  }

  nowMs(): number {
    return this.options.clock.now();
  }

  now(): HrTime {
    return timeOf(this.options.clock.now());
  }

  settled(key: ServiceKey, how: Outcome): void {
    const update = this.#open.get(key);
    if (update === undefined) return;
    const word = endOf(how);
    if (word === undefined) return;
    if (update.rollout?.outcome !== undefined) this.#close(key, update.rollout.outcome, flawOf(update.rollout));
    else if (word === "blocked") this.#close(key, word, { reason: how.reason, message: how.because });
    else this.#close(key, word === "converged" && update.steps === 0 ? "unchanged" : word);
  }

  #close(key: ServiceKey, outcome: string, flaw?: Pick<Flaw, "reason" | "message">): void {
    const update = this.#open.get(key);
    if (update === undefined) return;
    this.#open.delete(key);
    update.cancelTimer();
    this.healthKnown(update);
    update.span.setAttribute("fairlead.outcome", outcome);
    if (flaw !== undefined) markFailed(update.span, flaw);
    update.span.end(this.now());
  }

  #start(name: string, at: number, parent: Context | undefined, attributes: object): Span {
    const options = { kind: SpanKind.INTERNAL, startTime: timeOf(at), attributes: { ...attributes } };
    if (parent === undefined) return this.options.tracer.startSpan(name, { ...options, root: true });
    return this.options.tracer.startSpan(name, options, parent);
  }
}

const deferring = new Set(["WaitingForWindow", "WaitingForAge", "WaitingForApproval"]);

/** Undefined: it goes on by itself, and soon. */
function endOf(how: Outcome): "converged" | "blocked" | "deferred" | undefined {
  const { kind, standing } = how;
  if (kind === "converged") return kind;
  const isWished = standing === "paused" || standing === "stopped" || standing === "unapproved";
  if (kind === "blocked") return isWished ? "deferred" : kind;
  if (kind === "wait" && (isWished || how.awaits === "person" || deferring.has(how.reason))) return "deferred";
  return undefined;
}

/** A way back that a person asked for ends rolled back, and has gone well. */
function flawOf({ outcome, rollback, reason, message }: Rollout): Pick<Flaw, "reason" | "message"> | undefined {
  if (outcome === "promoted" || outcome === "superseded" || (outcome === "rolled-back" && rollback === true))
    return undefined;
  const [, word = reason, text = message ?? reason] = /^(\w+): (.*)$/s.exec(message ?? "") ?? [];
  return { reason: word, message: text };
}
