import { expect, test } from "vitest";
import type { DeliveryTracing, TracedDelivery } from "../../../../src/http/delivery/tracing.js";
import { Metrics } from "../../../../src/metrics/metrics.js";
import { Secret } from "../../../../src/tools/secret.js";
import { push, secret, serveHooks } from "../harness.js";
import { fakeSurface, type FakeSurface } from "../surface.js";
import { eventually } from "../../../eventually.js";

const own = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

interface Told extends TracedDelivery {
  status: number | "open" | undefined;
}

/** Remembers deliveries; each has the same span. */
function remembering(): DeliveryTracing & { readonly told: readonly Told[] } {
  const told: Told[] = [];
  return {
    told,
    delivery: (delivery) => {
      const one: Told = { ...delivery, status: "open" };
      told.push(one);
      return { parent: own, answered: (status) => void (one.status = status) };
    },
  };
}

test("a delivery of a known sender has a span without a secret, and what is done for it belongs there", async () => {
  const parents: (string | undefined)[] = [];
  const surface: FakeSurface = {
    ...fakeSurface(),
    reconcile: (_keys, _cause, _pushed, parent) => {
      parents.push(parent);
    },
    rebuild: (keys, _cause, { parent } = {}) => {
      parents.push(parent);
      return Promise.resolve(keys);
    },
  };
  const tracing = remembering();
  const hooks = await serveHooks({ surface, tracing });
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  await hooks.post(`/hooks/dockerhub/${secret}`, push("notarock/portfolio-ng"), { traceparent });
  await hooks.post("/hooks/generic", { service: "shop/web", build: true }, { authorization: `Bearer ${secret}` });
  expect(parents).toEqual([own, own]);
  await eventually(() => {
    expect(tracing.told.map(({ status }) => status)).not.toContain("open");
  });
  expect(tracing.told).toEqual([
    { hook: "dockerhub", route: "/hooks/dockerhub", traceparent, status: 202 },
    { hook: "generic", route: "/hooks/generic", traceparent: undefined, status: 202 },
  ]);
});

test("strangers leave no span, and a body that means nothing leaves one with its answer", async () => {
  const tracing = remembering();
  const hooks = await serveHooks({ tracing });
  await hooks.post("/hooks/dockerhub/wrong", push("notarock/portfolio-ng"), { traceparent: own });
  await hooks.post("/hooks/nobody", {});
  await hooks.post(`/hooks/dockerhub/${secret}`, { nothing: true });
  await eventually(() => {
    expect(tracing.told.map(({ status }) => status)).toEqual([400]);
  });
});

test("named receivers are counted by their names, from zero on", async () => {
  const metrics = new Metrics("0");
  const receiver = {
    type: "dockerhub",
    oidc: undefined,
    rules: {},
    allowFrom: undefined,
    ratePerMinute: undefined,
  } as const;
  const own = new Secret("a-secret-of-its-own-0123456789abcdef");
  const receivers = ["hub", "other"].map((name) => ({ ...receiver, name, secrets: [own] }));
  const hooks = await serveHooks({ telemetry: metrics, receivers });
  await hooks.post(`/hooks/r/hub/${own.reveal()}`, push("notarock/portfolio-ng"));
  await hooks.post("/hooks/r/hub/wrong", push("notarock/portfolio-ng"));
  await hooks.post(`/hooks/dockerhub/${secret}`, push("notarock/portfolio-ng"));
  const lines = [
    'fairlead_hooks_total{type="dockerhub",outcome="accepted",receiver="hub"} 1',
    'fairlead_hooks_total{type="dockerhub",outcome="unauthorized",receiver="hub"} 1',
    'fairlead_hooks_total{type="dockerhub",outcome="accepted",receiver="other"} 0',
    'fairlead_hooks_total{type="dockerhub",outcome="error",receiver="other"} 0',
    'fairlead_hooks_total{type="dockerhub",outcome="accepted"} 1',
    'fairlead_hooks_total{type="dockerhub",outcome="unauthorized"} 0',
  ];
  await eventually(async () => {
    expect((await metrics.render()).split("\n")).toEqual(expect.arrayContaining(lines));
  });
});
