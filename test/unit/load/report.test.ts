import { expect, test } from "vitest";
import { answerBody, bodyBytes, versionIn } from "../../load/answer.js";
import { allOn, quantile, reportOn } from "../../load/report.js";
import type { Sample } from "../../load/sample.js";

test("an answer names its version and its request, and is good only whole", () => {
  const body = answerBody("v2", "17");
  expect(body).toHaveLength(bodyBytes);
  expect(versionIn(body, "17")).toBe("v2");
  expect(versionIn(body, "1")).toBeUndefined();
  expect(versionIn(body.slice(0, -1), "17")).toBeUndefined();
  expect(versionIn(`${body}x`, "17")).toBeUndefined();
  expect(versionIn("", "17")).toBeUndefined();
});

test("the longest gap runs between good answers only, and from the span's ends", () => {
  const samples = [good(100), good(200), bad(300), bad(500), good(700), good(800)];
  expect(reportOn(samples, { from: 0, to: 900 })).toMatchObject({ requests: 6, failed: 2, longestGapMs: 500 });
  expect(reportOn(samples, { from: 150, to: 600 })).toMatchObject({ requests: 3, failed: 2, longestGapMs: 400 });
  expect(reportOn([], { from: 0, to: 900 }).longestGapMs).toBe(900);
});

test("samples need not come in the order in which they ended", () => {
  expect(reportOn([good(300), good(100), good(200)], { from: 0, to: 300 }).longestGapMs).toBe(100);
});

test("latency counts from when a request was wanted, and only good answers have one", () => {
  const late: Sample = { ...good(1000), wantedAt: 0, startedAt: 990 };
  const { latencyMs } = reportOn([late, { ...bad(2000), wantedAt: 0 }], { from: 0, to: 2000 });
  expect(latencyMs).toEqual({ p50: 1000, p99: 1000, most: 1000 });
  const asked = { ...good(1500), isSlow: true, wantedAt: 0 };
  expect(reportOn([asked, good(1600)], { from: 0, to: 2000 })).toMatchObject({ requests: 2, latencyMs: { most: 5 } });
  const early = { ...late, wantedAt: -1 };
  expect(reportOn([early, good(1600)], { from: 0, to: 2000 })).toMatchObject({ requests: 2, latencyMs: { most: 5 } });
  expect(reportOn([bad(1)], { from: 0, to: 2 }).latencyMs.p99).toBeNaN();
});

test("a quantile is a value that so large a part does not exceed", () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([50, 99, 100]);
  expect(quantile([7], 0.99)).toBe(7);
});

test("traffic is all on a version from its first answer on after which nothing else came", () => {
  const samples = [good(100), good(200, "v2"), good(300), bad(350), good(500, "v2"), good(340), good(400, "v2")];
  expect(allOn(samples, "v2")).toBe(400);
  expect(allOn([good(400, "v2")], "v2")).toBe(400);
  expect(allOn(samples, "v1")).toBeUndefined();
  expect(allOn([good(400, "v2"), bad(500)], "v2")).toBeUndefined();
});

function good(endedAt: number, version = "v1"): Sample {
  const at = endedAt - 5;
  return { client: "kept", isSlow: false, wantedAt: at, startedAt: at, endedAt, outcome: { version } };
}

function bad(endedAt: number): Sample {
  return { ...good(endedAt), outcome: { fault: "reset", detail: "ECONNRESET" } };
}
