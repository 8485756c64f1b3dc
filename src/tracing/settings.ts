import { FairleadError } from "../errors.js";
import { quote } from "../tools/quote.js";
import type { Secret } from "../tools/secret.js";

/** What OpenTelemetry's own variables say, as they are written. */
export interface TracingWritten {
  readonly endpoint: string | undefined;
  readonly tracesEndpoint: string | undefined;
  readonly headers: Secret | undefined;
  readonly tracesHeaders: Secret | undefined;
  readonly protocol: string | undefined;
  readonly tracesProtocol: string | undefined;
  readonly exporter: string | undefined;
  readonly disabled: string | undefined;
  readonly serviceName: string | undefined;
  readonly resourceAttributes: string | undefined;
  readonly sampler: string | undefined;
  readonly samplerArgument: string | undefined;
}

/** Where each of them stands, for messages. */
type Places = Readonly<Record<keyof TracingWritten, string>>;

/** Where spans go, and which. */
export interface TracingSettings {
  readonly url: string;
  /** Pairs, as the variable has them. */
  readonly headers: { readonly text: Secret; readonly place: string } | undefined;
  readonly serviceName: string;
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: SamplerSettings;
}

export interface SamplerSettings {
  /** A sender that has decided decides for its trace. */
  readonly parentBased: boolean;
  /** Of those that nobody has decided: 0 to 1. */
  readonly ratio: number;
}

/**
 * Undefined: nobody wants spans, and nothing else that is written here counts. Throws FairleadError ConfigInvalid with the
 * variable that means nothing here.
 */
export function tracingOf(written: TracingWritten, places: Places): TracingSettings | undefined {
  const { endpoint, tracesEndpoint, disabled, exporter = "otlp" } = written;
  const isOff = disabled?.toLowerCase() === "true" || exporter === "none";
  if (isOff || (endpoint === undefined && tracesEndpoint === undefined)) return undefined;
  if (exporter !== "otlp") {
    throw invalid(places.exporter, `${quote(exporter)} is no exporter here`, "write otlp or none, or leave it out");
  }
  checkProtocol(written, places);
  const { service, ...resource } = namedIn(written, places);
  const { headers, tracesHeaders } = written;
  const which = tracesHeaders === undefined ? "headers" : "tracesHeaders";
  const text = tracesHeaders ?? headers;
  return {
    url: urlOf(written, places),
    headers: text === undefined ? undefined : { text, place: places[which] },
    serviceName: written.serviceName ?? service ?? "fairlead",
    resource,
    sampler: samplerOf(written, places),
  };
}

/** `a=1,b=two%20words`, as W3C Baggage writes pairs. Throws FairleadError ConfigInvalid, and does not quote the text. */
export function pairsIn(text: string, place: string): Readonly<Record<string, string>> {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(
    pairs.map((pair, index) => {
      const equals = pair.indexOf("=");
      const name = pair.slice(0, equals).trim();
      if (equals < 1 || name === "") throw malformed(place, index);
      try {
        return [decodeURIComponent(name), decodeURIComponent(pair.slice(equals + 1).trim())];
      } catch {
        throw malformed(place, index);
      }
    }),
  );
}

function malformed(place: string, index: number): FairleadError {
  const remedy =
    "write name=value, several with commas; a comma, a percent sign or a space of a value as %2C, %25, %20";
  return invalid(place, `pair ${index + 1} is not name=value`, remedy);
}

function namedIn({ resourceAttributes = "" }: TracingWritten, places: Places) {
  const { "service.name": service, ...rest } = pairsIn(resourceAttributes, places.resourceAttributes);
  return { service, ...rest } as { readonly service: string | undefined } & Readonly<Record<string, string>>;
}

function checkProtocol({ protocol, tracesProtocol }: TracingWritten, places: Places): void {
  const which = tracesProtocol === undefined ? "protocol" : "tracesProtocol";
  const written = tracesProtocol ?? protocol ?? "http/json";
  if (written === "http/json") return;
  const remedy = "write http/json, or leave it out; a collector takes it on the port of http/protobuf, which is 4318";
  throw invalid(places[which], `${quote(written)} is not spoken here`, remedy);
}

/** The one for all signals is a base; the one for traces is the whole address. */
function urlOf({ endpoint, tracesEndpoint }: TracingWritten, places: Places): string {
  const which = tracesEndpoint === undefined ? "endpoint" : "tracesEndpoint";
  const text = tracesEndpoint ?? endpoint ?? "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const remedy = "write it as in http://collector:4318";
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw invalid(places[which], "it is no address of HTTP", remedy);
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid(places[which], "it holds a login", "put that into OTEL_EXPORTER_OTLP_HEADERS");
  }
  if (tracesEndpoint === undefined) url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/traces`;
  return url.href;
}

const samplers = ["always_on", "always_off", "traceidratio"];

function samplerOf({ sampler = "parentbased_always_on", samplerArgument }: TracingWritten, places: Places) {
  const parentBased = sampler.startsWith("parentbased_");
  const own = sampler.replace(/^parentbased_/, "");
  if (!samplers.includes(own)) {
    const remedy = `write one of ${samplers.join(", ")}, or one of them behind parentbased_`;
    throw invalid(places.sampler, `${quote(sampler)} is no sampler here`, remedy);
  }
  if (own !== "traceidratio") return { parentBased, ratio: own === "always_on" ? 1 : 0 };
  const ratio = Number(samplerArgument ?? "1");
  if (ratio >= 0 && ratio <= 1) return { parentBased, ratio };
  throw invalid(places.samplerArgument, "it is no share of all traces", "write a number from 0 to 1, such as 0.1");
}

function invalid(place: string, message: string, remedy: string): FairleadError {
  return new FairleadError("ConfigInvalid", `${place}: ${message}`, { remedy, retry: "never" });
}
