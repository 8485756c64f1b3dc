import { describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config/config.js";
import { asFairleadError } from "../../../src/errors.js";
import { pairsIn } from "../../../src/tracing/settings.js";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };
const read = (environment: Readonly<Record<string, string>>) => readConfig({}, environment).tracing;

describe("what OpenTelemetry's variables say", () => {
  it("is nothing where no collector is named, or nobody wants spans", () => {
    expect(read({})).toBeUndefined();
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: "", OTEL_TRACES_SAMPLER: "jaeger_remote" })).toBeUndefined();
    expect(read({ ...endpoint, OTEL_SDK_DISABLED: "True" })).toBeUndefined();
    expect(read({ ...endpoint, OTEL_TRACES_EXPORTER: "none" })).toBeUndefined();
    expect(read({ ...endpoint, OTEL_SDK_DISABLED: "no" })).toBeDefined();
  });

  it.each([
    [{}, "http://collector:4318/v1/traces"],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "https://otlp.example/otlp/" }, "https://otlp.example/otlp/v1/traces"],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://other:4318/here" }, "http://other:4318/here"],
  ])("names the address %o", (environment, url) => {
    expect(read({ ...endpoint, ...environment })?.url).toBe(url);
  });

  it("names the service and what else spans bear", () => {
    const resource = { OTEL_RESOURCE_ATTRIBUTES: "service.name=deploy, host.name = a%2Cb ,team=ops" };
    expect(read({ ...endpoint, ...resource })).toMatchObject({
      ...{ serviceName: "deploy", resource: { "host.name": "a,b", team: "ops" } },
    });
    expect(read({ ...endpoint, ...resource, OTEL_SERVICE_NAME: "own" })?.serviceName).toBe("own");
    expect(read(endpoint)?.serviceName).toBe("fairlead");
  });

  it.each([
    [{}, { parentBased: true, ratio: 1 }],
    [{ OTEL_TRACES_SAMPLER: "always_off" }, { parentBased: false, ratio: 0 }],
    [
      { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.25" },
      { parentBased: false, ratio: 0.25 },
    ],
    [{ OTEL_TRACES_SAMPLER: "parentbased_traceidratio" }, { parentBased: true, ratio: 1 }],
  ])("says which traces are kept: %o", (environment, sampler) => {
    expect(read({ ...endpoint, ...environment })?.sampler).toEqual(sampler);
  });

  it("holds headers as secrets, of traces before those of all", () => {
    const headers = { OTEL_EXPORTER_OTLP_HEADERS: "a=1", OTEL_EXPORTER_OTLP_TRACES_HEADERS: "b=2" };
    const found = read({ ...endpoint, ...headers })?.headers;
    expect(found?.text.reveal()).toBe("b=2");
    expect(found?.place).toBe("OTEL_EXPORTER_OTLP_TRACES_HEADERS");
    expect(JSON.stringify(found)).not.toContain("b=2");
  });

  it.each([
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "it is no address of HTTP"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "https://me:hunter2@collector", "it holds a login"],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", '"grpc" is not spoken here'],
    ["OTEL_TRACES_EXPORTER", "zipkin", '"zipkin" is no exporter here'],
    ["OTEL_TRACES_SAMPLER", "jaeger_remote", '"jaeger_remote" is no sampler here'],
    ["OTEL_RESOURCE_ATTRIBUTES", "a=1,b", "pair 2 is not name=value"],
  ])("%s=%s is refused", (variable, value, message) => {
    const thrown = refused(() => read({ ...endpoint, [variable]: value }));
    expect(thrown.message).toBe(`${variable}: ${message}`);
    expect([thrown.code, thrown.remedy === undefined, `${thrown.message}${thrown.remedy}`.includes("hunter2")]).toEqual(
      [...["ConfigInvalid", false, false]],
    );
  });

  it("a share that is none is refused", () => {
    const sampler = { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" };
    expect(refused(() => read({ ...endpoint, ...sampler })).message).toBe(
      "OTEL_TRACES_SAMPLER_ARG: it is no share of all traces",
    );
  });

  it("a pair that is none is refused, and not quoted", () => {
    for (const text of ["hunter2", "a=%E0%A4%A", "=hunter2"]) {
      const { message } = refused(() => pairsIn(text, "HERE"));
      expect(message).toBe("HERE: pair 1 is not name=value");
    }
  });
});

function refused(act: () => unknown) {
  try {
    act();
  } catch (thrown) {
    return asFairleadError(thrown);
  }
  throw new Error("it was taken");
}
