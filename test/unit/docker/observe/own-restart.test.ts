import { afterEach, expect, it } from "vitest";
import { connectEngine } from "../../../../src/docker/engine.js";
import { startFakeEngine } from "../fake-engine.js";
import type { FakeEngine } from "../fake-engine.js";

const own = "a".repeat(64);
const fakes: FakeEngine[] = [];
afterEach(async () => {
  for (const fake of fakes.splice(0)) await fake[Symbol.asyncDispose]();
});

const at = (second: number) => new Date(Date.UTC(2030, 0, 1, 12, 0, second)).toISOString();

/** Seconds after noon; how long before the look the engine is thought to have been away. */
async function outage(times: { ended: number; began: number; back: number; now: number }, inside = true) {
  const fake = await startFakeEngine(({ path }, response) => {
    response.setHeader("Date", new Date(at(times.now)).toUTCString());
    if (path.startsWith(`/containers/${own}/json`)) {
      const State = { Status: "running", StartedAt: at(times.back), FinishedAt: at(times.ended) };
      response.end(JSON.stringify({ Id: own, State }));
    } else if (path.startsWith("/networks")) {
      response.end(JSON.stringify([{ Id: "b", Name: "bridge", Created: at(times.began) }]));
    } else {
      response.end(path.startsWith("/volumes") ? '{"Volumes":null}' : "[]");
    }
  });
  fakes.push(fake);
  const clock = { now: () => Date.parse(at(times.now)), monotonic: () => 1_000_000 };
  const engine = connectEngine({
    host: fake.host,
    credentials: () => Promise.resolve(undefined),
    clock,
    own: () => Promise.resolve(inside ? own : undefined),
  });
  const { reading } = await engine.snapshot();
  return { reading: reading?.outage, asked: fake.requests.filter((url) => url.includes(`${own}/json`)).length };
}

it("an engine that has taken the controller's own container along was away from before its end to the engine's start", async () => {
  const { reading } = await outage({ ended: 100, began: 130, back: 131, now: 140 });
  expect(reading).toEqual({ from: 1_000_000 - 55_000, to: 1_000_000 - 10_000 });
});

it.each([
  ["was ended alone", { ended: 100, began: 10, back: 131, now: 140 }],
  ["lived on while the engine restarted", { ended: 5, began: 130, back: 10, now: 140 }],
])("one that %s tells of no restart", async (_, times) => {
  expect((await outage(times)).reading).toBeUndefined();
});

it("a controller in no container asks for none", async () => {
  expect(await outage({ ended: 100, began: 130, back: 131, now: 140 }, false)).toEqual({
    reading: undefined,
    asked: 0,
  });
});
