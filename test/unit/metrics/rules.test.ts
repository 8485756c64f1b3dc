import { describe, it, test } from "vitest";
import { hasPromtool } from "./promtool.js";
import { play as played, type Series } from "./rules.js";

/** A sample each 15 s. */
const play = (input: readonly Series[], expected: Parameters<typeof played>[1]) => {
  played(input, expected, "15s");
};

describe.skipIf(!hasPromtool())("an engine that is away for more than two minutes", () => {
  const from = (instance: string) => `job="fairlead",instance="${instance}"`;
  const web = 'project="shop",service="web",type="Ready",status="True"';
  const ready = (instance: string) => `fairlead_service_condition{${from(instance)},${web}}`;
  const up = (instance: string) => `fairlead_engine_up{${from(instance)}}`;
  const lost = "1x8 0x100";

  test("is an alert, and its services are none beside it", () => {
    const [input, labels] = [
      [
        { series: up("a:8421"), values: lost },
        { series: ready("a:8421"), values: lost },
        { series: up("b:8421"), values: "1x108" },
        { series: ready("b:8421"), values: lost },
      ],
      { job: "fairlead", project: "shop", service: "web", type: "Ready", status: "True" },
    ];
    const engine = { job: "fairlead", instance: "a:8421" };
    play(input, [
      { alertname: "FairleadEngineUnreachable", eval_time: "4m", alerts: [] },
      { alertname: "FairleadEngineUnreachable", eval_time: "5m", alerts: [{ labels: engine }] },
      { alertname: "FairleadServiceNotReady", eval_time: "11m", alerts: [] },
      {
        alertname: "FairleadServiceNotReady",
        eval_time: "20m",
        alerts: [{ labels: { ...labels, instance: "b:8421" } }],
      },
    ]);
  });
});

describe.skipIf(!hasPromtool())("a service that is not ready", () => {
  const from = 'job="fairlead",instance="a:8421",project="shop",service="web"';
  const alert = {
    ...{ job: "fairlead", instance: "a:8421", project: "shop", service: "web" },
    ...{ type: "Ready", status: "True" },
  };
  /** For two hours: not ready for this reason, while what runs (or nothing, without a digest) is healthy or not. */
  const standing = (reason: string, healthy: boolean, digest: string): readonly Series[] => [
    { series: 'fairlead_engine_up{job="fairlead",instance="a:8421"}', values: "1x480" },
    { series: `fairlead_service_condition{${from},type="Ready",status="True"}`, values: "0x480" },
    { series: `fairlead_service_condition{${from},type="Healthy",status="False"}`, values: `${healthy ? 0 : 1}x480` },
    { series: `fairlead_service_reason{${from},reason="${reason}"}`, values: "1x480" },
    { series: `fairlead_service_info{${from},image="nginx:1.27",digest="${digest}"}`, values: "1x480" },
  ];

  it.each([
    ["WaitingForWindow", true, "sha256:aa", false],
    ["WaitingForAge", true, "sha256:aa", false],
    ["WaitingForApproval", true, "sha256:aa", false],
    ["WaitingForApproval", false, "", false],
    ["Stopped", false, "sha256:aa", false],
    ["WaitingForWindow", false, "sha256:aa", true],
    ["WaitingForApproval", false, "sha256:aa", true],
    ["DigestHeld", true, "sha256:aa", true],
    ["ImageNotFound", false, "", true],
  ])("for %s, healthy %s, running '%s': an alert %s", (reason, healthy, digest, isAlert) => {
    const alerts = isAlert ? [{ labels: alert }] : [];
    play(standing(reason, healthy, digest), [{ alertname: "FairleadServiceNotReady", eval_time: "2h", alerts }]);
  });

  test("is an alert ten minutes after the window has opened, and no sooner", () => {
    const [up, ready, health, , info] = standing("", true, "sha256:aa") as readonly [
      Series,
      Series,
      Series,
      Series,
      Series,
    ];
    const reasons = [
      { series: `fairlead_service_reason{${from},reason="WaitingForWindow"}`, values: "1x240 stale" },
      { series: `fairlead_service_reason{${from},reason="PullFailed"}`, values: "_x241 1x239" },
    ];
    play(
      [up, ready, health, info, ...reasons],
      [
        { alertname: "FairleadServiceNotReady", eval_time: "65m", alerts: [] },
        { alertname: "FairleadServiceNotReady", eval_time: "75m", alerts: [{ labels: alert }] },
      ],
    );
  });
});
