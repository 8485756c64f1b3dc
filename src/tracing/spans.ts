import type { Attributes, Context, HrTime, Span } from "@opentelemetry/api";
import { isSpanContextValid, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { parseTraceParent } from "@opentelemetry/core";
import type { Flaw, TraceParent } from "../control/ports/tracing.js";
import type { Step } from "../plan/model/step.js";
import { withoutUrlSecrets } from "../tools/mask.js";
import { printable } from "../tools/printable.js";

/** Milliseconds since the epoch, as OpenTelemetry cannot take them for anything else. */
export function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.floor((ms - seconds * 1_000) * 1e6)];
}

/** Undefined where a sender has written what is no `traceparent`, or there is none. */
export function contextOf(parent: TraceParent | undefined, isRemote: boolean): Context | undefined {
  const found = parent === undefined ? null : parseTraceParent(parent);
  if (found === null) return undefined;
  return trace.setSpanContext(ROOT_CONTEXT, { ...found, isRemote });
}

/** Undefined: there is no such span. */
export function parentOf(span: Span): TraceParent | undefined {
  const { traceId, spanId, traceFlags } = span.spanContext();
  if (!isSpanContextValid(span.spanContext())) return undefined;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

export function contextIn(span: Span): Context {
  return trace.setSpan(ROOT_CONTEXT, span);
}

const longestMessage = 300;

/** The words of engines and registries may hold a login in an address. */
export function markFailed(span: Span, { reason, message }: Pick<Flaw, "reason" | "message">): void {
  span.setAttribute("error.type", reason);
  const told = printable(withoutUrlSecrets(message), longestMessage);
  span.setStatus({ code: SpanStatusCode.ERROR, message: told.startsWith(`${reason}:`) ? told : `${reason}: ${told}` });
}

/** What a step is done to. Its cause and whatever it writes are not told. */
export function attributesOf(step: Step): Attributes {
  const container = "container" in step ? step.container : step.kind === "create-container" ? step.name : undefined;
  return {
    ...(container === undefined ? {} : { "container.name": container }),
    ...(step.kind === "pull-image" ? { "container.image.repo_digests": [step.reference] } : {}),
  };
}
