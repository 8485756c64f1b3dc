import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { Log } from "../control/ports/log.js";
import { withoutUrlSecrets } from "../tools/mask.js";
import { printable } from "../tools/printable.js";
import { pairsIn } from "./settings.js";
import type { TracingSettings } from "./settings.js";

type Spans = Parameters<SpanExporter["export"]>[0];

/** OTLP over HTTP, as JSON. Throws FairleadError ConfigInvalid for headers that are none. */
export function otlp({ url, headers }: TracingSettings): SpanExporter {
  const own = headers === undefined ? {} : pairsIn(headers.text.reveal(), headers.place);
  return new OTLPTraceExporter({ url, headers: { ...own } });
}

/** Says once that a collector does not take spans, and once that it does again. */
export class QuietExporter implements SpanExporter {
  #isFailing = false;

  constructor(
    private readonly inner: SpanExporter,
    /** The collector, without what its address may hold besides. */
    private readonly collector: string,
    private readonly log: Pick<Log, "warn" | "info">,
  ) {}

  export(spans: Spans, done: (result: ExportResult) => void): void {
    this.inner.export(spans, (result) => {
      this.#say(result);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.inner.forceFlush?.();
  }

  #say({ code, error }: ExportResult): void {
    const isFailing = code !== ExportResultCode.SUCCESS;
    if (isFailing === this.#isFailing) return;
    this.#isFailing = isFailing;
    const { collector } = this;
    if (!isFailing) {
      this.log.info({ collector }, "the collector takes spans again");
      return;
    }
    const why = printable(withoutUrlSecrets(error?.message ?? "it gave no reason"), 300);
    this.log.warn(
      { collector, error: why },
      "the collector takes no spans; they are lost until it does, and nothing else is",
    );
  }
}
