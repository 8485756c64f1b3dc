import { expect, it } from "vitest";
import type { Log } from "../../../src/control/ports/log.js";
import { silentLog } from "../../../src/console/log.js";
import { manualClock } from "../control/clock.js";
import { tracesInMemory } from "./memory.js";

it("a collector that takes no spans is told of once, and once when it takes them again", async () => {
  const lines: string[] = [];
  const note = (fields: object, text: string) => void lines.push(`${text}: ${JSON.stringify(fields)}`);
  const log: Log = { ...silentLog, warn: note, info: note };
  const error = new Error("connect ECONNREFUSED http://me:pw@collector:4318/?key=k\u001b[1m");
  const failing: { error: Error | undefined } = { error };
  const traces = tracesInMemory(manualClock(), { log, fails: () => failing.error });
  const many = () => {
    // A batch is sent as soon as it is full.
    for (let count = 0; count < 512; count += 1)
      traces.deliveries.delivery({ hook: "h", route: "/h", traceparent: undefined }).answered(202);
  };
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  many();
  await settled();
  many();
  await settled();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("the collector takes no spans");
  expect(lines[0]).toContain('"collector":"http://collector:4318"');
  expect(lines[0]).not.toMatch(/pw|key=k|\u001b/);
  failing.error = undefined;
  many();
  await settled();
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain("the collector takes spans again");
});

it("a collector that never answers is not waited for at the end", async () => {
  const clock = manualClock();
  const traces = tracesInMemory(clock, { hangs: true });
  traces.deliveries.delivery({ hook: "h", route: "/h", traceparent: undefined }).answered(202);
  const closed = traces.close();
  await clock.advance(2_000);
  await closed;
});
