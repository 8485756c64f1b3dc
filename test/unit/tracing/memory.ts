import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import type { Clock } from "../../../src/control/ports/clock.js";
import type { Log } from "../../../src/control/ports/log.js";
import { silentLog } from "../../../src/console/log.js";
import type { SamplerSettings } from "../../../src/tracing/settings.js";
import { openTracing } from "../../../src/tracing/tracing.js";
import type { OpenTracing } from "../../../src/tracing/tracing.js";

/** One span, as tests read it. */
export interface Seen {
  readonly name: string;
  /** The name of its parent, where that is one of ours. */
  readonly parent: string | undefined;
  readonly trace: string;
  readonly id: string;
  readonly parentId: string | undefined;
  readonly kind: string;
  /** `REASON: message` of one that failed. */
  readonly flaw: string | undefined;
  readonly attributes: ReadableSpan["attributes"];
  readonly links: readonly string[];
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

export interface Memory extends OpenTracing {
  /** Ends what is under way, and answers all spans in the order of their beginnings. */
  seen(): Promise<readonly Seen[]>;
  readonly resource: () => ReadableSpan["resource"]["attributes"];
}

/** Traces as they are, with a collector in memory. */
export function tracesInMemory(
  clock: Clock,
  {
    log = silentLog,
    sampler = { parentBased: true, ratio: 1 },
    fails = () => undefined,
    hangs = false,
  }: {
    readonly log?: Log;
    readonly sampler?: SamplerSettings;
    readonly fails?: () => Error | undefined;
    readonly hangs?: boolean;
  } = {},
): Memory {
  const spans: ReadableSpan[] = [];
  const exporter: SpanExporter = {
    export(given, done: (result: ExportResult) => void) {
      if (hangs) return;
      const error = fails();
      if (error === undefined) spans.push(...given);
      done(error === undefined ? { code: ExportResultCode.SUCCESS } : { code: ExportResultCode.FAILED, error });
    },
    shutdown: () => Promise.resolve(),
  };
  const resource = { "deployment.environment.name": "test" };
  const settings = {
    url: "http://collector:4318/v1/traces",
    headers: undefined,
    serviceName: "fairlead",
    resource,
    sampler,
  };
  const tracing = openTracing({ settings, version: "1.2.3", clock, log, exporter });
  return {
    ...tracing,
    seen: async () => {
      await tracing.close();
      return readable(spans);
    },
    resource: () => spans[0]?.resource.attributes ?? {},
  };
}

function readable(spans: readonly ReadableSpan[]): readonly Seen[] {
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  return spans
    .map((span) => {
      const { traceId: trace, spanId: id } = span.spanContext();
      const parentId = span.parentSpanContext?.spanId;
      return {
        name: span.name,
        parent: parentId === undefined ? undefined : names.get(parentId),
        ...{ trace, id, parentId },
        kind: SpanKind[span.kind],
        flaw: span.status.code === SpanStatusCode.ERROR ? span.status.message : undefined,
        attributes: span.attributes,
        links: span.links.map(({ context }) => context.spanId),
        from: msOf(span.startTime),
        to: msOf(span.endTime),
      };
    })
    .sort((one, other) => one.from - other.from);
}

function msOf([seconds, nanoseconds]: ReadableSpan["startTime"]): number {
  return seconds * 1_000 + nanoseconds / 1e6;
}
