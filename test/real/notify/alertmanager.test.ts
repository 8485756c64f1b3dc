import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openExchange } from "../../../src/notify/exchange/exchange.js";
import type { Notice } from "../../../src/notify/model/notice.js";
import type { Tell } from "../../../src/notify/model/sender.js";
import { alertmanager } from "../../../src/notify/senders/alertmanager.js";
import { readAll } from "../../../src/tools/streams/read-all.js";
import { until } from "../../load/until.js";
import { startAlertmanager, type Alertmanager } from "../../sandbox/servers/alertmanager.js";
import { patienceMs } from "../../sandbox/host/patience.js";

interface Alert {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What Alertmanager has told whoever is on call. */
const told: Alert[] = [];
const onCall = createServer((request, response) => {
  void readAll(request).then((body) => {
    told.push(...(JSON.parse(body.toString("utf8")) as { readonly alerts: readonly Alert[] }).alerts);
    response.end();
  });
});
let server: Alertmanager;
let tell: Tell;

beforeAll(async () => {
  await new Promise<void>((resolve) => onCall.listen(0, "127.0.0.1", resolve));
  server = await startAlertmanager(`http://127.0.0.1:${(onCall.address() as AddressInfo).port}/`);
  const written = z.strictObject(alertmanager.fields).parse({ url: server.url, labels: { team: "shop" } });
  tell = alertmanager.open(written, {
    exchange: openExchange({ userAgent: "fairlead/0" }),
    now: () => Date.now(),
    place: (key) => key,
    secretIn: () => {
      throw new Error("no secret is named");
    },
  });
});

afterAll(async () => {
  await server.stop();
  onCall.closeAllConnections();
  onCall.close();
});

const problem: Notice = {
  ...{ id: "n-1", kind: "failed", severity: "warning", at: Date.now() - 5000 },
  ...{ project: "shop", service: "web", problem: "rollout:shop/web" },
  ...{ title: "shop/web: 1.4.3 has failed", reason: "It was not healthy in time.", logs: ["panic: no hats left"] },
};

async function tellNow(notice: Notice): Promise<void> {
  expect(await tell({ notice }, AbortSignal.timeout(patienceMs))).toEqual({ outcome: "delivered" });
}

async function firing(): Promise<readonly string[]> {
  const answer = await fetch(`${server.url}/api/v2/alerts?active=true`);
  return ((await answer.json()) as readonly Alert[]).map(({ labels }) => labels["severity"] ?? "");
}

async function untilTold(status: string, severity: string): Promise<Alert> {
  const isIt = (alert: Alert) => alert.status === status && alert.labels["severity"] === severity;
  await until(`${severity} ${status}`, () => Promise.resolve(told.some(isIt)));
  const found = told.find(isIt);
  if (found === undefined) throw new Error("it was there a moment ago");
  return found;
}

test("a problem fires, changes its severity, and resolves with its end", async () => {
  await tellNow(problem);
  expect(await untilTold("firing", "warning")).toMatchObject({
    labels: { alertname: "Fairlead", team: "shop", project: "shop", service: "web", problem: "rollout:shop/web" },
    annotations: {
      summary: "shop/web: 1.4.3 has failed",
      description: expect.stringContaining("panic: no hats left") as string,
    },
  });
  await tellNow({ ...problem, id: "n-2", severity: "error", at: Date.now() - 2000 });
  await untilTold("firing", "error");
  expect(await untilTold("resolved", "warning")).toMatchObject({
    annotations: { summary: "shop/web: 1.4.3 has failed" },
  });
  expect(await firing()).toEqual(["error"]);
  await tellNow({ ...problem, id: "n-3", kind: "recovered", severity: "info", isEnd: true, at: Date.now() });
  await untilTold("resolved", "error");
  expect(await firing()).toEqual([]);
  // Nobody hears of the end of what never fired.
  expect(told.filter((alert) => alert.labels["severity"] === "info")).toEqual([]);
});

test("good news is no alert", async () => {
  const notice: Notice = { id: "n-4", kind: "promoted", severity: "info", at: Date.now(), title: "shop/web: 1.4.4" };
  expect(await tell({ notice }, AbortSignal.timeout(patienceMs))).toMatchObject({
    outcome: "delivered",
    said: "no alert: it tells of no problem",
  });
  expect(await firing()).toEqual([]);
});
