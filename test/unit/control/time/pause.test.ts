import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { emptyRecord } from "../../../../src/control/journal/record.js";
import { MountWatch } from "../../../../src/control/observed/mount-watch.js";
import { pause } from "../../../../src/control/time/pause.js";
import { manualClock, settle } from "../clock.js";

async function endOf(work: Promise<void>): Promise<"ended" | "goes on"> {
  const state: { now: "ended" | "goes on" } = { now: "goes on" };
  void work.then(() => (state.now = "ended"));
  await settle();
  return state.now;
}

it("a pause ends when its time has come, or its signal aborts, and leaves nothing behind either way", async () => {
  const clock = manualClock();
  const controller = new AbortController();
  const { signal } = controller;
  const first = pause(clock, 1_000, signal);
  await clock.advance(999);
  expect(await endOf(first)).toBe("goes on");
  await clock.advance(1);
  expect(await endOf(first)).toBe("ended");
  expect(getEventListeners(signal, "abort")).toEqual([]);
  const second = pause(clock, 1_000, signal);
  controller.abort();
  expect(await endOf(second)).toBe("ended");
  expect(await endOf(pause(clock, 1_000, signal))).toBe("ended");
  expect([clock.pending, getEventListeners(signal, "abort")]).toEqual([0, []]);
});

it("who looks after mounted files for ever leaves no trail on the signal that ends it", async () => {
  const clock = manualClock();
  const controller = new AbortController();
  const unused = () => Promise.reject(new Error("nothing is mounted"));
  const watch = new MountWatch({
    files: { look: unused, contentOf: unused, survey: unused },
    engine: { statMounted: unused },
    journal: { record: () => emptyRecord, append: () => Promise.resolve(true) },
    clock,
    declared: () => undefined,
    onChange: () => undefined,
  });
  const ended = watch.start(controller.signal);
  await clock.advance(100_000);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
  controller.abort();
  await ended;
  expect([clock.pending, getEventListeners(controller.signal, "abort")]).toEqual([0, []]);
});
