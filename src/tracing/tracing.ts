/*
 * Traces live here: what is done for a push as spans of OpenTelemetry. Loaded only where a collector is named. Nothing here is
 * waited for, but the last spans at the end of the process.
 */

import { randomUUID } from "node:crypto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { Sampler, SpanExporter } from "@opentelemetry/sdk-trace";
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Clock } from "../control/ports/clock.js";
import type { Log } from "../control/ports/log.js";
import type { Tracing } from "../control/ports/tracing.js";
import type { DeliveryTracing } from "../http/delivery/tracing.js";
import { Deliveries } from "./deliveries.js";
import { otlp, QuietExporter } from "./exporter.js";
import type { SamplerSettings, TracingSettings } from "./settings.js";
import { Updates } from "./updates.js";

export interface OpenTracing {
  readonly updates: Tracing;
  readonly deliveries: DeliveryTracing;
  /** Sends what there is; a collector that does not answer is not waited for longer than two seconds. Never throws. */
  close(): Promise<void>;
}

export interface TracingOptions {
  readonly settings: TracingSettings;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: the collector of the settings. */
  readonly exporter?: SpanExporter;
}

/** Spans that wait to be sent; what comes beyond them is lost. */
const mostWaiting = 2_048;
const lastWordsMs = 2_000;

/** Throws FairleadError ConfigInvalid. */
export function openTracing({ settings, version, clock, log, exporter }: TracingOptions): OpenTracing {
  const { url, serviceName, resource, sampler } = settings;
  const sent = new QuietExporter(exporter ?? otlp(settings), new URL(url).origin, log);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.instance.id": randomUUID(),
      ...resource,
      "service.name": serviceName,
      "service.version": version,
    }),
    sampler: samplerFor(sampler),
    spanProcessors: [new BatchSpanProcessor({ exporter: sent, maxQueueSize: mostWaiting })],
  });
  const tracer = provider.getTracer("fairlead", version);
  const updates = new Updates({ tracer, clock });
  return {
    updates,
    deliveries: new Deliveries(tracer, clock),
    close: async () => {
      updates.stop();
      const patience = new Promise<void>((resolve) => void clock.after(lastWordsMs, resolve));
      await Promise.race([provider.shutdown().catch(() => undefined), patience]);
    },
  };
}

function samplerFor({ parentBased, ratio }: SamplerSettings): Sampler {
  const root = ratio === 1 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ratio);
  return parentBased ? new ParentBasedSampler({ root }) : root;
}
