import { first, secretFile, secretText, text } from "../kinds/kinds.js";
import { setting } from "../kinds/setting.js";

const written = { emptyIsUnset: true } as const;

/** OpenTelemetry's own variables: read as they are written, and understood only where spans are wanted. */
export const tracingSettings = {
  endpoint: setting(text, {
    ...written,
    variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
    defaultText: "none: nothing is traced",
    what: "the collector, such as `http://collector:4318`; `/v1/traces` is added",
    more: "See [tracing](tracing.md).",
  }),
  tracesEndpoint: setting(text, {
    ...written,
    variable: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    what: "the same for traces alone, as it is",
  }),
  headers: setting(first(secretFile), {
    ...written,
    variable: "OTEL_EXPORTER_OTLP_HEADERS_FILE",
    plain: { variable: "OTEL_EXPORTER_OTLP_HEADERS", kind: first(secretText) },
    what: "file with the headers that the collector wants: `name=value`, several with commas",
  }),
  tracesHeaders: setting(first(secretFile), {
    ...written,
    variable: "OTEL_EXPORTER_OTLP_TRACES_HEADERS_FILE",
    plain: { variable: "OTEL_EXPORTER_OTLP_TRACES_HEADERS", kind: first(secretText) },
    what: "the same for traces alone",
  }),
  protocol: setting(text, {
    ...written,
    variable: "OTEL_EXPORTER_OTLP_PROTOCOL",
    defaultText: "`http/json`",
    what: "`http/json` is the only one",
  }),
  tracesProtocol: setting(text, {
    ...written,
    variable: "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    what: "the same for traces alone",
  }),
  exporter: setting(text, {
    ...written,
    variable: "OTEL_TRACES_EXPORTER",
    defaultText: "`otlp`",
    what: "`none`: nothing is traced, whatever the endpoint",
  }),
  disabled: setting(text, {
    ...written,
    variable: "OTEL_SDK_DISABLED",
    what: "`true`: the same",
  }),
  serviceName: setting(text, {
    ...written,
    variable: "OTEL_SERVICE_NAME",
    defaultText: "`fairlead`",
    what: "the service that spans are of",
  }),
  resourceAttributes: setting(text, {
    ...written,
    variable: "OTEL_RESOURCE_ATTRIBUTES",
    what: "what else they bear: `name=value`, several with commas",
  }),
  sampler: setting(text, {
    ...written,
    variable: "OTEL_TRACES_SAMPLER",
    defaultText: "`parentbased_always_on`",
    what: "which traces are kept: `always_on`, `always_off`, `traceidratio`, and each of them behind `parentbased_`",
  }),
  samplerArgument: setting(text, {
    ...written,
    variable: "OTEL_TRACES_SAMPLER_ARG",
    defaultText: "`1`",
    what: "the share of traces that `traceidratio` keeps, 0 to 1",
  }),
};
