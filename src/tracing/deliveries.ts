import type { Tracer } from "@opentelemetry/api";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { Clock } from "../control/ports/clock.js";
import type { DeliverySpan, DeliveryTracing, TracedDelivery } from "../http/delivery/tracing.js";
import { contextOf, parentOf, timeOf } from "./spans.js";

/** The server spans of deliveries, in the sender's trace where it has told one. */
export class Deliveries implements DeliveryTracing {
  constructor(
    private readonly tracer: Tracer,
    private readonly clock: Pick<Clock, "now">,
  ) {}

  delivery({ hook, route, traceparent }: TracedDelivery): DeliverySpan {
    const { clock } = this;
    const span = this.tracer.startSpan(
      `POST ${route}`,
      {
        kind: SpanKind.SERVER,
        startTime: timeOf(clock.now()),
        attributes: { "http.request.method": "POST", "http.route": route, "fairlead.hook": hook },
      },
      contextOf(traceparent, true) ?? ROOT_CONTEXT,
    );
    return {
      parent: parentOf(span),
      answered: (status) => {
        if (status !== undefined) span.setAttribute("http.response.status_code", status);
        if (status === undefined || status >= 500) {
          const message = status === undefined ? "the sender went away before its answer" : `answered ${status}`;
          span.setAttribute("error.type", String(status ?? "aborted"));
          span.setStatus({ code: SpanStatusCode.ERROR, message });
        }
        span.end(timeOf(clock.now()));
      },
    };
  }
}
