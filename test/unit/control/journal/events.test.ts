import { setImmediate as tick } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { Entry } from "../../../../src/control/journal/entry.js";
import type { Event } from "../../../../src/control/journal/event.js";
import { Events, type EventWish } from "../../../../src/control/journal/events.js";
import { digestOf } from "../../plan/world.js";
import { openStage } from "../lives/stage.js";
import type { Stage } from "../lives/stage.js";

const never = new AbortController().signal;
const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

interface Source {
  read(wish: EventWish, signal: AbortSignal): AsyncIterable<Event>;
}

async function kept(events: Source, wish: Partial<EventWish> = {}): Promise<Event[]> {
  const all: Event[] = [];
  for await (const event of events.read({ follow: false, ...wish }, never)) all.push(event);
  return all;
}

const pause = (at: number): Entry => ({ type: "pause", at, key: "shop/web" });
const times = (events: readonly Event[]) => events.map(({ at }) => Date.parse(at));

describe("what happens", () => {
  it("is told with its reasons: states, rollouts, holds, and what people say", async () => {
    const stage = await openStage();
    stages.push(stage);
    stage.push("a", {});
    const { surface } = await stage.start();
    const events: Source = { read: (wish, signal) => surface.events(wish, signal) };
    await stage.until("a serves", () => surface.service("shop/web")?.sync === "Synced");
    await surface.pause("shop/web");
    await surface.resume("shop/web");
    stage.push("b", { exitsAfterMs: 1, output: ["a secret of its own"] });
    surface.reconcile(["shop/web"], "hook");
    await stage.until("b is held", () => surface.service("shop/web")?.lastRollout?.outcome === "rolled-back");
    await stage.pass(2_000);
    const told = await kept(events);
    for (const event of told) expect(event).toMatchObject({ project: "shop", service: "web" });
    const lasting = told.filter(({ type }) => type !== "state");
    expect(lasting.map(({ type, reason, digest }) => [type, reason, digest])).toEqual([
      ["rollout", "RolloutStarted", digestOf("a")],
      ["rollout", "Promoted", digestOf("a")],
      ["pause", "Paused", undefined],
      ["resume", "Resumed", undefined],
      ["rollout", "RolloutStarted", digestOf("b")],
      ["hold", "ContainerExited", digestOf("b")],
      ["rollout", "RolledBack", digestOf("b")],
    ]);
    expect(lasting.at(-1)?.message).toMatch(/^rollout of sha256:b+: rolled-back: ContainerExited: /);
    const states = told.filter(({ type }) => type === "state").map(({ reason }) => reason);
    expect(states).toEqual(expect.arrayContaining(["Pulling", "WaitingForHealth", "Converged", "DigestHeld"]));
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
    expect(JSON.stringify(told), "a container's own words stay in its log").not.toContain("secret");

    const { surface: next } = await stage.start();
    const remembered = await kept({ read: (wish, signal) => next.events(wish, signal) });
    expect(remembered.filter(({ type }) => type !== "state").map(({ at, reason }) => [at, reason])).toEqual(
      lasting.map(({ at, reason }) => [at, reason]),
    );
  });

  it("is answered from a time on, or from what was seen last", async () => {
    const events = new Events();
    for (const at of [1_000, 2_000, 2_000, 3_000]) events.noted(pause(at));
    const all = await kept(events);
    expect(all.map(({ id }) => id)).toEqual(["1000-0", "2000-0", "2000-1", "3000-0"]);
    expect(times(await kept(events, { since: new Date(2_000).toISOString() }))).toEqual([2_000, 2_000, 3_000]);
    expect(times(await kept(events, { since: new Date(4_000).toISOString() }))).toEqual([]);
    expect(times(await kept(events, { after: "2000-0", since: new Date(1_000).toISOString() }))).toEqual([
      2_000, 3_000,
    ]);
    expect(times(await kept(events, { after: "3000-0" }))).toEqual([]);
    // It was of a run that is over: better twice than never.
    expect(times(await kept(events, { after: "2000-7" }))).toEqual([2_000, 2_000, 3_000]);
    events.noted({ type: "seen", at: 5_000, key: "shop/web", digest: digestOf("a") });
    expect(await kept(events)).toHaveLength(4);
  });

  it("is displaced by no flood of deliveries, and a reader misses nothing of what stays", async () => {
    const events = new Events();
    const gone = new AbortController();
    const reader = events.read({ follow: true }, gone.signal);
    events.noted(pause(1));
    const first = await reader.next();
    for (let count = 0; count < 5_000; count += 1) {
      events.told({ type: "delivery", reason: "Unauthorized", message: `${count}` }, 10 + count);
      if (count % 100 === 0) events.noted(pause(10 + count));
    }
    const all = await kept(events);
    expect(all.filter(({ type }) => type === "pause")).toHaveLength(51);
    expect(all.filter(({ type }) => type === "delivery").map(({ message }) => Number(message))).toEqual(
      Array.from({ length: 200 }, (_, index) => 4_800 + index),
    );
    expect(events.lately("delivery", 2).map(({ message }) => message)).toEqual(["4999", "4998"]);
    const followed = [first.value as Event];
    while (followed.length < all.length) followed.push((await reader.next()).value as Event);
    expect(followed).toEqual(all);
    expect(times(all)).toEqual(times(all).sort((one, other) => one - other));
    gone.abort();
  });

  it("is kept in bounds, and a slow reader misses what is dropped", async () => {
    const events = new Events();
    const gone = new AbortController();
    const reader = events.read({ follow: true }, gone.signal);
    const first = reader.next();
    events.noted(pause(1));
    expect((await first).value).toMatchObject({ at: new Date(1).toISOString() });
    for (let at = 2; at <= 5_000; at += 1) events.noted(pause(at));
    expect(await kept(events)).toHaveLength(1_000);
    expect((await reader.next()).value).toMatchObject({ at: new Date(4_001).toISOString() });
    for (let read = 0; read < 999; read += 1) await reader.next();
    const news = reader.next();
    await tick();
    events.noted(pause(6_000));
    expect((await news).value).toMatchObject({ at: new Date(6_000).toISOString() });
    const end = reader.next();
    gone.abort();
    expect((await end).done).toBe(true);
  });
});
