import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { Wiring } from "../../../src/cli/shared/wiring.js";
import { act } from "../../../src/cli/verbs/act.js";
import { adopt } from "../../../src/cli/verbs/adopt.js";
import { approve } from "../../../src/cli/verbs/releases/approve.js";
import { resume } from "../../../src/cli/verbs/releases/resume.js";
import { rollback } from "../../../src/cli/verbs/releases/rollback.js";
import { start } from "../../../src/cli/verbs/releases/start.js";
import { stop } from "../../../src/cli/verbs/releases/stop.js";

/** An admin address that does what it is asked for, for good or not. */
async function admin(durable: boolean): Promise<string> {
  const services = [{ project: "shop", service: "web", desiredDigest: "sha256:aa", conditions: [] }];
  const done = {
    ...{ enqueued: ["shop/web"], durable, adopted: ["web"], resumed: { pausedByFile: false } },
    ...{ stopped: { unchanged: "it is off already" }, started: { stoppedByFile: false, unchanged: "it runs" } },
    ...{ paused: {}, retried: { unchanged: "nothing of it was held" } },
    ...{ approved: { digest: "sha256:aa" }, rollback: { revision: 1, digest: "sha256:aa", spec: "own" } },
  };
  const server = createServer((req, res) => {
    res.setHeader("content-type", "application/json");
    res.statusCode = req.method === "POST" ? 202 : 200;
    res.end(JSON.stringify(req.method === "POST" ? done : { services }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.each([
  [true, 0],
  [false, 5],
])("what people decide: durable %s is exit code %i", async (durable, code) => {
  const printed: string[] = [];
  const complaints: string[] = [];
  const wiring = {
    print: (text: string) => printed.push(text),
    complain: (text: string) => complaints.push(text),
  } as unknown as Wiring;
  const at = { url: await admin(durable), token: undefined };
  const codes = [
    await act(wiring, at, "pause", "web"),
    await act(wiring, at, "retry", "web"),
    await resume(wiring, at, "web"),
    await rollback(wiring, at, "web", undefined),
    await approve(wiring, at, "web", undefined),
    await adopt(wiring, at, { name: "shop", all: false }),
    await stop(wiring, at, "web", undefined),
    await start(wiring, at, "web"),
  ];
  expect(codes).toEqual(codes.map(() => code));
  expect(printed).toHaveLength(codes.length);
  expect([printed[0], printed[1], ...printed.slice(-2)]).toEqual([
    "pause: shop/web begins no rollout until `fairlead resume`",
    "retry: shop/web is looked at now: nothing of it was held",
    "stop: shop/web is off until `fairlead start`: it is off already",
    "start: shop/web is left as it is: it runs",
  ]);
  expect(complaints).toHaveLength(durable ? 0 : codes.length);
  for (const complaint of complaints) expect(complaint).toContain("a restart of the controller forgets it");
});
