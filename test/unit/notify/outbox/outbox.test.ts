import { describe, expect, it } from "vitest";
import { mostWaiting } from "../../../../src/notify/outbox/queue.js";
import { ManualClock } from "../../../simulator/clock.js";
import { SimulatedDisk } from "../../../simulator/disk.js";
import { faultyDisk } from "../../control/journal/faulty-disk.js";
import { ownDirectory, keptLog } from "../../control/journal/stage.js";
import { Outbox } from "../../../../src/notify/outbox/outbox.js";
import { countedTelemetry, delivered, noticeOf, openOutbox, receiverOf } from "../stage.js";
import { eventually } from "../../../eventually.js";

const never = () => new Promise<never>(() => undefined);

describe("what is noted", () => {
  it("is told to those who want it, once, in its order", async () => {
    const [all, some] = [receiverOf("all"), receiverOf("some", { wants: ({ id }) => id !== "b" })];
    const { outbox, clock, telemetry } = await openOutbox([all, some]);
    for (const id of ["a", "b", "c"]) outbox.note(noticeOf(id));
    await clock.advance(100);
    expect([all.heard, some.heard]).toEqual([
      ["a", "b", "c"],
      ["a", "c"],
    ]);
    expect(telemetry.counts.get("all delivered")).toBe(3);
    expect(outbox.standing().channels.map(({ waiting }) => waiting)).toEqual([0, 0]);
  });

  it("survives a restart, and is not told again", async () => {
    const disk = new SimulatedDisk();
    const team = receiverOf("team", { deliver: never });
    const { outbox, clock } = await openOutbox([team], { disk });
    outbox.note(noticeOf("a"));
    outbox.note(noticeOf("b"));
    await clock.advance(10);
    const next = receiverOf("team");
    const again = await openOutbox([next], { disk });
    await again.clock.advance(10);
    expect(next.heard).toEqual(["a", "b"]);
    expect(again.outbox.knows("a")).toBe(true);
    const third = receiverOf("team");
    const last = await openOutbox([third], { disk });
    await last.clock.advance(10);
    expect(third.heard).toEqual([]);
  });

  it("is told to a new one from its first start on, and to one that was gone meanwhile as to a new one", async () => {
    const disk = new SimulatedDisk();
    const dead = receiverOf("team", { deliver: never });
    const first = await openOutbox([dead], { disk });
    first.outbox.note(noticeOf("waits"));
    await first.clock.advance(10);
    const [team, late] = [receiverOf("team"), receiverOf("late")];
    const second = await openOutbox([team, late], { disk });
    second.outbox.note(noticeOf("past"), undefined, { isPast: true });
    second.outbox.note(noticeOf("now"));
    await second.clock.advance(10);
    expect(team.heard).toEqual(["waits", "past", "now"]);
    expect(late.heard).toEqual(["now"]);
    await openOutbox([], { disk });
    const back = receiverOf("team");
    const third = await openOutbox([back], { disk });
    third.outbox.note(noticeOf("gone"), undefined, { isPast: true });
    await third.clock.advance(10);
    expect(back.heard).toEqual([]);
  });

  it("is told whatever the end of the file looks like", async () => {
    const disk = new SimulatedDisk();
    const first = await openOutbox([receiverOf("team", { deliver: never })], { disk });
    first.outbox.note(noticeOf("a"));
    await first.clock.advance(10);
    const file = await disk.open("/data/outbox/outbox.jsonl");
    await file.write('{"type":"noted","at":1,"not');
    const next = receiverOf("team");
    const { clock, log } = await openOutbox([next], { disk });
    await clock.advance(10);
    expect(next.heard).toEqual(["a"]);
    expect(log.said).toEqual([]);
  });
});

describe("a receiver that fails", () => {
  it("is tried again within seconds, then less and less often: the fourth try within half a minute", async () => {
    const times: number[] = [];
    const clock = new ManualClock();
    const team = receiverOf("team");
    team.answer = () => {
      times.push(clock.monotonic());
      return times.length < 4 ? { outcome: "later", why: "500" } : delivered;
    };
    const { outbox, telemetry, log } = await openOutbox([team], { clock });
    outbox.note(noticeOf("a"));
    await clock.advance(30_000);
    expect(times).toHaveLength(4);
    expect(times.map((at) => Math.round(at / 1_000))).toEqual([0, 1, 3, 8]);
    expect(telemetry.counts.get("team retried")).toBe(3);
    expect(log.said.map(({ level }) => level)).toEqual(["warn", "info"]);
    expect(outbox.standing().channels[0]).toMatchObject({ waiting: 0, lastError: { message: "500" } });
    expect(outbox.standing().channels[0]?.troubledSince).toBeUndefined();
  });

  it("holds nobody else up, and what comes after it keeps its order", async () => {
    const [dead, well] = [receiverOf("dead"), receiverOf("well")];
    dead.answer = () => ({ outcome: "later", why: "nobody answers" });
    const { outbox, clock } = await openOutbox([dead, well]);
    for (const id of ["a", "b"]) outbox.note(noticeOf(id));
    await clock.advance(60_000);
    expect(well.heard).toEqual(["a", "b"]);
    expect(new Set(dead.heard)).toEqual(new Set(["a"]));
    expect(outbox.standing().channels[0]).toMatchObject({ waiting: 2, lastError: { message: "nobody answers" } });
    expect(outbox.standing().channels[0]?.troubledSince).toBeDefined();
    dead.answer = () => delivered;
    await clock.advance(300_000);
    expect(dead.heard.slice(-2)).toEqual(["a", "b"]);
  });

  it("is left alone for as long as it asks", async () => {
    const team = receiverOf("team");
    team.answer = () => (team.heard.length === 1 ? { outcome: "later", why: "slow down", afterMs: 90_000 } : delivered);
    const { outbox, clock } = await openOutbox([team]);
    outbox.note(noticeOf("a"));
    await clock.advance(89_000);
    expect(team.heard).toEqual(["a"]);
    await clock.advance(2_000);
    expect(team.heard).toEqual(["a", "a"]);
  });

  it("is aborted when its time is up, and not waited for where it does not end", async () => {
    const signals: AbortSignal[] = [];
    const team = receiverOf("team", {
      timeoutMs: 1_000,
      deliver: (_notice, signal) => {
        signals.push(signal);
        return never();
      },
    });
    const { outbox, clock } = await openOutbox([team]);
    outbox.note(noticeOf("a"));
    await clock.advance(1_001);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await clock.advance(6_500);
    expect(signals).toHaveLength(2);
    expect(outbox.standing().channels[0]?.lastError?.message).toBe("no answer within 1 s");
  });

  it("gets nothing any more that it refuses, nor what is a day old", async () => {
    const team = receiverOf("team");
    team.answer = ({ id }) => (id === "bad" ? { outcome: "refused", why: "404" } : { outcome: "later", why: "busy" });
    const { outbox, clock, telemetry } = await openOutbox([team]);
    outbox.note(noticeOf("bad"));
    outbox.note(noticeOf("old"));
    await clock.advance(1_000);
    expect(telemetry.counts.get("team refused")).toBe(1);
    expect(outbox.standing().channels[0]).toMatchObject({ waiting: 1, lastError: { message: "busy" } });
    await clock.advance(24 * 3_600_000 + 600_000);
    expect(telemetry.counts.get("team dropped")).toBe(1);
    expect(outbox.standing().channels[0]).toMatchObject({ waiting: 0, dropped: 1 });
  });

  it("has so much waiting at the most: the oldest goes", async () => {
    const team = receiverOf("team", { deliver: never });
    const { outbox, clock, telemetry } = await openOutbox([team]);
    for (let count = 0; count < mostWaiting + 6; count += 1) outbox.note(noticeOf(`n${count}`));
    await clock.advance(100);
    expect(outbox.standing().channels[0]?.waiting).toBe(mostWaiting + 1);
    expect(telemetry.counts.get("team dropped")).toBe(5);
  });

  it("has only the newest waiting of those that say so", async () => {
    const team = receiverOf("team", { newestOf: ({ service = "" }) => service });
    team.answer = () => (team.heard.length === 1 ? { outcome: "later", why: "busy" } : delivered);
    const { outbox, clock, telemetry } = await openOutbox([team]);
    outbox.note(noticeOf("first"));
    await clock.advance(1);
    for (const id of ["second", "third"]) outbox.note(noticeOf(id));
    outbox.note(noticeOf("other", { service: "db" }));
    await clock.advance(5_000);
    expect(team.heard).toEqual(["first", "third", "other"]);
    expect(telemetry.counts.get("team dropped")).toBeUndefined();
  });
});

describe("a disk that cannot be written", () => {
  it("costs the promise, said once, and no notice; all that waits is written when it can be", async () => {
    const directory = await ownDirectory();
    const disk = faultyDisk();
    const clock = new ManualClock();
    const [log, telemetry] = [keptLog(), countedTelemetry()];
    const team = receiverOf("team", { deliver: never });
    const well = receiverOf("well");
    const settle = async (until: () => boolean) => {
      while (!until()) {
        await clock.advance(1_000);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    };
    const options = { disk, data: directory, clock, log, telemetry, random: () => 0.5 };
    const outbox = new Outbox({ ...options, channels: [team, well] });
    const begun = { is: false };
    void outbox.begin().then(() => (begun.is = true));
    await settle(() => begun.is);
    disk.refuse("ENOSPC", "write");
    outbox.note(noticeOf("a"));
    await settle(() => well.heard.length === 1);
    outbox.note(noticeOf("b"));
    await settle(() => well.heard.length === 2);
    expect(outbox.standing().durable).toBe(false);
    expect(log.said.filter(({ level }) => level === "error")).toHaveLength(1);
    disk.heal();
    await settle(() => outbox.standing().durable);
    const next = receiverOf("team");
    const again = new Outbox({ ...options, channels: [next] });
    void again.begin();
    await settle(() => next.heard.length === 2);
    expect(next.heard).toEqual(["a", "b"]);
    const ended = { is: false };
    void Promise.all([outbox.stop(), again.stop()]).then(() => (ended.is = true));
    await settle(() => ended.is);
    await eventually(() => {
      expect(disk.left()).toBe(0);
    });
  });

  it("that answers after the end leaves no file open", async () => {
    const directory = await ownDirectory();
    const disk = faultyDisk();
    const clock = new ManualClock();
    const options = { clock, log: keptLog(), telemetry: countedTelemetry(), random: () => 0.5 };
    const outbox = new Outbox({ ...options, disk, data: directory, channels: [receiverOf("team")] });
    disk.hang("open");
    void outbox.begin();
    await eventually(() => {
      expect(disk.hanging()).toBe(1);
    });
    const stopped = { is: false };
    void outbox.stop().then(() => (stopped.is = true));
    while (!stopped.is) {
      await clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    disk.letGo();
    await eventually(() => {
      expect(disk.opened()).toBe(1);
      expect(disk.left()).toBe(0);
    });
  });
});
