import { describe } from "vitest";
import { startCollector, type CollectedSpan, type Collector } from "../../../sandbox/servers/collector.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { dockerHubPayload, order, quick, test, type Scene } from "../scene/scene.js";

const parent = { trace: "4bf92f3577b34da6a3ce929d0e0e4736", span: "00f067aa0ba902b7" };
const token = "collector-token-1";

const traced = (endpoint: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${token}`,
  OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
});

/** A test among concurrent ones ends its own collector only. */
async function collecting(
  onTestFinished: (end: () => Promise<void>) => void,
  answer?: () => number,
): Promise<Collector> {
  const collector = await startCollector(answer);
  onTestFinished(() => collector.close());
  return collector;
}

/** Docker Hub's webhook by a sender that traces too. */
const pushed = (scene: Scene): Promise<Response> =>
  fetch(`${scene.fairlead.hooksUrl}/hooks/dockerhub/${scene.hookSecret}`, {
    method: "POST",
    headers: { "content-type": "application/json", traceparent: `00-${parent.trace}-${parent.span}-01` },
    body: JSON.stringify(dockerHubPayload(scene.image(), "latest")),
  });

/** Its spans, once the last one of them is there. */
async function traceOf(scene: Scene, { spans }: Collector): Promise<readonly CollectedSpan[]> {
  const own = () => spans.filter(({ traceId }) => traceId === parent.trace);
  await scene.until("the update's span", () => own().some(({ name }) => name === "update"));
  return own();
}

const named = (spans: readonly CollectedSpan[], name: string) => spans.filter((span) => span.name === name);

describe.concurrent("with a collector", () => {
  test("one push is one trace, from the delivery in the sender's trace to the promotion", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const collector = await collecting(onTestFinished);
    const first = await scene.push();
    await scene.write({ web: order("stop-first") });
    await scene.start({ env: traced(collector.endpoint) });
    await scene.untilServing(first.digest);
    const second = await scene.push({ version: "v2", healthcheck: quick });
    expect((await pushed(scene)).status).toBe(202);
    await scene.untilServing(second.digest);
    const spans = await traceOf(scene, collector);

    const [delivery] = named(spans, "POST /hooks/dockerhub");
    expect(delivery).toMatchObject({ kind: 2, parentSpanId: parent.span });
    expect(delivery?.attributes).toMatchObject({ "http.response.status_code": 202, "fairlead.hook": "dockerhub" });
    const [update, ...others] = named(spans, "update");
    expect(others).toEqual([]);
    expect(update).toMatchObject({ parentSpanId: delivery?.spanId });
    expect(update?.attributes).toMatchObject({
      ...{ "fairlead.project": scene.project, "fairlead.service": "web", "fairlead.outcome": "promoted" },
      ...{ "fairlead.rollout.from": first.digest, "fairlead.rollout.to": second.digest },
    });
    expect(update?.status.code ?? 0).toBe(0);
    const runs = named(spans, "reconcile").map(({ spanId }) => spanId);
    for (const name of ["observe", "resolve", "pull-image", "create-container", "stop-container", "start-container"]) {
      expect([name, named(spans, name).length > 0], name).toEqual([name, true]);
      expect(runs).toEqual(expect.arrayContaining(named(spans, name).map(({ parentSpanId }) => parentSpanId)));
    }
    const [health] = named(spans, "wait-for-health");
    expect(health?.parentSpanId).toBe(update?.spanId);
    expect(named(spans, "queue").length).toBeGreaterThan(0);
    for (const { name, from, to } of spans) {
      expect([name, from >= (delivery?.from ?? 0n), to <= (update?.to ?? 0n)]).toEqual([name, true, true]);
    }
    expect(collector.resource).toMatchObject({
      ...{ "service.name": "fairlead", "deployment.environment.name": "test" },
    });
    expect(collector.requests[0]).toMatchObject({ path: "/v1/traces", headers: { authorization: `Bearer ${token}` } });
    expect(collector.text()).not.toContain(scene.hookSecret);
    expect(await scene.everythingSaid()).not.toContain(token);
  });

  test("a bad image is an error, with the reason", async ({ scene, expect, onTestFinished }) => {
    const collector = await collecting(onTestFinished);
    const good = await scene.push();
    await scene.write({ web: order("start-first") });
    await scene.start({ env: traced(collector.endpoint) });
    await scene.untilServing(good.digest);
    await scene.push({ version: "bad", behaviour: "exit-at-once" });
    await pushed(scene);
    const [update] = named(await traceOf(scene, collector), "update");
    expect(update?.attributes).toMatchObject({
      ...{ "fairlead.outcome": "rolled-back", "error.type": "ContainerExited" },
    });
    expect(update?.status).toMatchObject({ code: 2, message: expect.stringMatching(/^ContainerExited: /) as string });
    expect(collector.text(), "nor a line of the container").not.toContain("fatal: no configuration");
  });

  test("the last spans are sent as it ends", async ({ scene, expect, onTestFinished }) => {
    const collector = await collecting(onTestFinished);
    await scene.write({ web: {} });
    await scene.start({ env: traced(collector.endpoint) });
    await pushed(scene);
    await scene.fairlead.waitForLog(({ reason }) => reason === "ImageNotFound");
    expect(await scene.fairlead.stop()).toBe(0);
    const spans = collector.spans.filter(({ traceId }) => traceId === parent.trace);
    expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining(["POST /hooks/dockerhub", "update"]));
  });
});

describe.concurrent("a collector that is away", () => {
  for (const [what, endpoint, answer] of [
    ["refuses connections", async () => `http://127.0.0.1:${await freePort()}`, undefined],
    ["answers 401", () => Promise.resolve(""), () => 401],
  ] as const) {
    test(`${what}: nothing else comes of it than one line`, async ({ scene, expect, onTestFinished }) => {
      const collector = answer === undefined ? undefined : await collecting(onTestFinished, answer);
      const first = await scene.push();
      await scene.write({ web: {} });
      await scene.start({ env: traced(collector?.endpoint ?? (await endpoint())) });
      await scene.untilServing(first.digest);
      const refusal = scene.fairlead.waitForLog(({ msg }) => String(msg).startsWith("the collector takes no spans"));
      for (const version of ["v2", "v3"]) {
        const next = await scene.push({ version });
        await pushed(scene);
        await scene.untilServing(next.digest);
        await refusal;
      }
      // What is left of the second one is tried once more.
      expect(await scene.fairlead.stop()).toBe(0);
      const told = scene.logs().filter(({ msg }) => String(msg).includes("collector"));
      expect(told).toHaveLength(1);
      expect(JSON.stringify(told)).not.toContain(token);
    });
  }
});
