import { setImmediate as tick } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { Controller } from "../../../../src/control/controller.js";
import type { LogEntry, LogWish } from "../../../../src/control/surface/surface.js";
import { specOf } from "../../plan/world.js";
import { openStage } from "../lives/stage.js";
import type { Stage } from "../lives/stage.js";

const stages: Stage[] = [];
const readers: AbortController[] = [];
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.abort();
  for (const stage of stages.splice(0)) await stage.close();
});

async function open(...specs: Parameters<typeof openStage>): Promise<Stage> {
  const stage = await openStage(...specs);
  stages.push(stage);
  return stage;
}

/** Reads in the background until the test ends, or the log does. */
async function read(controller: Controller, wish: Partial<LogWish> = {}) {
  const gone = new AbortController();
  readers.push(gone);
  const { containers, entries } = await controller.surface.logs({ of: "all", follow: false, ...wish }, gone.signal);
  const told: string[] = [];
  const reading = (async () => {
    for await (const entry of entries) told.push(textOf(entry));
  })();
  return { containers, told, reading, gone };
}

function textOf(entry: LogEntry): string {
  return `${entry.container}: ${"notice" in entry ? `(${entry.notice})` : entry.text}`;
}

const named = (stage: Stage, name: string) =>
  stage.engine.world.host.containers.find((container) => container.name === name);

function say(stage: Stage, name: string, text: string): void {
  const id = named(stage, name)?.id ?? "";
  const book = stage.engine.world.logOf(id);
  if (book === undefined) throw new Error(`there is no ${name}`);
  book.write(text);
}

async function untilServes(stage: Stage, letter: string): Promise<void> {
  await stage.until(`${letter} serves`, () => {
    const { containers } = stage.engine.world.host;
    const active = containers.find(({ role }) => role === "active");
    return active?.digest.startsWith(`sha256:${letter}`) === true && !containers.some(({ role }) => role === "next");
  });
}

describe("the logs of services", () => {
  it("are those of all their containers, in order of time", async () => {
    const stage = await open([specOf({ replicas: 2 }), specOf({ name: "db" })]);
    stage.push("a", { check: "none" });
    const controller = await stage.start();
    await stage.until("all run", () => stage.engine.world.host.containers.length === 3);
    await stage.pass(20_000);
    for (const [name, text] of [
      ["shop-web-2", "one"],
      ["shop-db-1", "two"],
      ["shop-web-1", "three"],
      ["shop-web-2", "four"],
    ] as const) {
      say(stage, name, text);
      await stage.pass(100);
    }
    const all = await read(controller);
    await all.reading;
    expect([...all.containers].sort()).toEqual(["shop-db-1", "shop-web-1", "shop-web-2"]);
    expect(all.told).toEqual(["shop-web-2: one", "shop-db-1: two", "shop-web-1: three", "shop-web-2: four"]);
    const some = await read(controller, { of: ["shop/web"], tail: 1 });
    await some.reading;
    expect(some.told).toEqual(["shop-web-1: three", "shop-web-2: four"]);
  });

  it("go on over a rollout: the new container's lines follow the old one's, and bear its names", async () => {
    const stage = await open();
    stage.push("a", { output: ["a starts"] });
    const controller = await stage.start();
    await untilServes(stage, "a");
    const { told } = await read(controller, { of: ["shop/web"], follow: true });
    await stage.until("it is read", () => told.length === 1);
    say(stage, "shop-web-1", "a works");
    stage.push("b", { output: ["b starts"] });
    controller.surface.reconcile(["shop/web"], "hook");
    await untilServes(stage, "b");
    await stage.pass(1_000);
    say(stage, "shop-web-1", "b works");
    await stage.pass(2_000);
    expect(told).toEqual([
      "shop-web-1: a starts",
      "shop-web-1: a works",
      "shop-web-1.next: b starts",
      "shop-web-1: b works",
    ]);
  });

  it("go on over a restart, and no line is told twice or lost", async () => {
    const stage = await open();
    stage.push("a", { output: ["starts"], check: "none" });
    const controller = await stage.start();
    await untilServes(stage, "a");
    const { told } = await read(controller, { follow: true, tail: 0 });
    await stage.pass(1_000);
    for (let run = 1; run <= 3; run += 1) {
      say(stage, "shop-web-1", `last words ${run}`);
      stage.engine.kill(named(stage, "shop-web-1")?.id ?? "");
      await stage.pass(15_000);
    }
    expect(told).toEqual([1, 2, 3].flatMap((run) => [`shop-web-1: last words ${run}`, "shop-web-1: starts"]));
  });

  it("have the last words of one that ends as the following begins", async () => {
    const stage = await open([specOf(), specOf({ name: "db" })]);
    stage.push("a", { check: "none" });
    const controller = await stage.start();
    await stage.until("both serve", () => controller.surface.services().every(({ sync }) => sync === "Synced"));
    await stage.pass(1_000);
    for (const name of ["web", "db"]) {
      say(stage, `shop-${name}-1`, name);
      await stage.pass(100);
    }
    const gone = new AbortController();
    readers.push(gone);
    const { entries } = await controller.surface.logs({ of: "all", follow: true }, gone.signal);
    const lines = entries[Symbol.asyncIterator]();
    const next = async () => textOf((await lines.next()).value as LogEntry);
    expect([await next(), await next()]).toEqual(["shop-web-1: web", "shop-db-1: db"]);
    // What there was of it has been read to its end.
    say(stage, "shop-web-1", "last words");
    stage.engine.kill(named(stage, "shop-web-1")?.id ?? "");
    const ticks = async () => {
      for (let count = 0; count < 50; count += 1) await tick();
      return "nothing";
    };
    expect(await Promise.race([next(), ticks()])).toBe("shop-web-1: last words");
  });

  it("show one that fails at once, though it is gone before anybody looks", async () => {
    const stage = await open();
    stage.push("a", {});
    const controller = await stage.start();
    await untilServes(stage, "a");
    const { told } = await read(controller, { follow: true });
    stage.push("b", { output: ["no configuration"], exitsAfterMs: 1 });
    controller.surface.reconcile(["shop/web"], "hook");
    await stage.until("held", () => controller.surface.service("shop/web")?.sync === "Held");
    await stage.pass(2_000);
    expect(told.map((line) => line.replace(/^\S+ /, ""))).toEqual(["no configuration"]);
  });

  it("that cannot be read of one container are told of the others", async () => {
    const mute = specOf({ name: "mute" });
    const silent = { ...mute, container: { ...mute.container, logging: { driver: "none" } } };
    const stage = await open([specOf(), silent]);
    stage.push("a", { output: ["starts"] });
    const controller = await stage.start();
    await stage.until("both serve", () => controller.surface.services().every(({ sync }) => sync === "Synced"));
    const { told } = await read(controller, { follow: true });
    await stage.pass(5_000);
    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/^shop-mute-1: \(the log of container \w+ cannot be read\)$/);
    expect(told[1]).toBe("shop-web-1: starts");
  });

  it("go on after the engine was away", async () => {
    const stage = await open();
    stage.push("a", {});
    const controller = await stage.start();
    await untilServes(stage, "a");
    const { told } = await read(controller, { follow: true });
    await stage.pass(1_000);
    stage.engine.interrupt(5_000, { restart: true });
    await stage.pass(10_000);
    say(stage, "shop-web-1", "back");
    await stage.pass(2_000);
    expect(told).toEqual(["shop-web-1: back"]);
    stage.engine.interrupt(5_000);
    await stage.pass(500);
    await expect(read(controller)).rejects.toMatchObject({ code: "EngineUnreachable" });
  });

  it("cost no look at the host while nothing happens on it", async () => {
    const stage = await open();
    stage.push("a", { check: "none" });
    const controller = await stage.start();
    await untilServes(stage, "a");
    await read(controller, { follow: true });
    await stage.pass(5_000);
    const { lists } = stage.engine.counts;
    await stage.pass(10_000);
    expect(stage.engine.counts.lists).toBe(lists);
  });

  it("end when their reader goes, and leave nothing behind", async () => {
    const stage = await open();
    stage.push("a", { output: ["starts"] });
    const controller = await stage.start();
    await untilServes(stage, "a");
    const { gone, reading } = await read(controller, { follow: true });
    await stage.pass(2_000);
    gone.abort();
    await reading;
    const calls = stage.engine.counts.calls.get("logs");
    stage.engine.kill(named(stage, "shop-web-1")?.id ?? "");
    await stage.pass(30_000);
    expect(stage.engine.counts.calls.get("logs")).toBe(calls);
  });
});
