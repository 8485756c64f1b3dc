import { spawnSync } from "node:child_process";
import { appendFile, mkdir, open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Journal } from "../../../../src/control/journal/journal.js";
import { silentLog } from "../../../../src/console/log.js";
import { manualClock } from "../clock.js";
import { faultyDisk } from "./faulty-disk.js";
import { digest, hold, keptLog, openJournal, ownDirectory, putAside, putAsideIn, segmentsOf, textOf } from "./stage.js";

const pause = { type: "pause", at: 9, key: "shop/web" } as const;
const step = (text: string) => ({ type: "step", at: 1, key: "shop/web", run: "r", text }) as const;

describe("the journal", () => {
  it("keeps holds, what is stable and the last rollout over a restart", async () => {
    const data = join(await ownDirectory(), "deep", "data");
    const journal = await openJournal(data, silentLog);
    expect(await journal.append(hold())).toBe(true);
    await journal.append({ ...hold(), at: 6, message: "sick again" });
    await journal.append({ type: "stable", at: 7, key: "shop/web", digest });
    const again = await openJournal(data, silentLog);
    expect(again.record("shop/web").memory).toEqual({
      holds: [{ specHash: "H", digest, reason: "Unhealthy", message: "sick again", at: 6, slot: 1 }],
      leaving: new Map(),
      retriedAt: undefined,
      stableDigest: digest,
      jobs: [],
    });
    expect(again.record("shop/db").memory.holds).toEqual([]);
    expect(again.record("shop/web")).toEqual(journal.record("shop/web"));
  });

  it("a retry lifts every hold", async () => {
    const data = await ownDirectory();
    const journal = await openJournal(data, silentLog);
    await journal.append(hold());
    await journal.append({ type: "retry", at: 9, key: "shop/web" });
    const { memory } = (await openJournal(data, silentLog)).record("shop/web");
    expect(memory).toMatchObject({ holds: [], retriedAt: 9 });
  });

  it("is lines of JSON that a person can read, each with a checksum", async () => {
    const data = await ownDirectory();
    const journal = await openJournal(data, silentLog);
    await journal.append(pause);
    expect(await textOf(data)).toBe('{"type":"pause","at":9,"key":"shop/web","crc":"15fd50fd"}\n');
  });

  it("only looks where it is told to only look", async () => {
    const data = join(await ownDirectory(), "missing");
    expect((await Journal.peek(data, silentLog)).record("shop/web").memory.holds).toEqual([]);
    await expect(readFile(data)).rejects.toThrow("ENOENT");
  });

  it("says that the data directory is none, and what to do", async () => {
    const file = join(await ownDirectory(), "file");
    await writeFile(file, "");
    await expect(openJournal(file, silentLog)).rejects.toMatchObject({
      code: "ConfigInvalid",
      message: expect.stringContaining(file) as string,
      remedy: expect.stringContaining("--data") as string,
    });
  });
});

describe("a damaged journal", () => {
  /** A pause and a hold, then what is done to the file, then what a restart finds. */
  async function after(damage: (file: string, data: string) => Promise<void>) {
    const data = await ownDirectory();
    const journal = await openJournal(data, silentLog);
    await journal.append(pause);
    await journal.append(hold());
    await damage((await segmentsOf(data))[0] ?? "", data);
    const log = keptLog();
    const again = await openJournal(data, log);
    return { data, log, again, memory: again.record("shop/web").memory };
  }

  it("with a torn last line: it is put aside, and no new line joins it", async () => {
    const { data, log, again, memory } = await after((file) => appendFile(file, '{"type":"hold","at":'));
    expect(memory).toMatchObject({ pausedAt: 9, holds: [{ digest }] });
    expect(await putAside(data)).toBe('{"type":"hold","at":\n');
    expect(log.said.map(({ level, fields }) => [level, fields["lines"]])).toEqual([["warn", 1]]);
    await again.append({ type: "resume", at: 10, key: "shop/web" });
    const third = keptLog();
    expect((await openJournal(data, third)).record("shop/web").memory.pausedAt).toBeUndefined();
    expect(third.said).toEqual([]);
  });

  it("with a last line that lacks nothing but its end: it counts", async () => {
    const { memory, log, again, data } = await after(async (file) => {
      await truncate(file, (await readFile(file)).length - 1);
    });
    expect(memory).toMatchObject({ pausedAt: 9, holds: [{ digest }] });
    expect(log.said).toEqual([]);
    await again.append({ type: "resume", at: 10, key: "shop/web" });
    const { memory: then } = (await openJournal(data, silentLog)).record("shop/web");
    expect(then.pausedAt).toBeUndefined();
    expect(then.holds).toHaveLength(1);
  });

  it("with a changed byte: that line does not count, all the others do", async () => {
    const { memory, data } = await after(async (file) => {
      await writeFile(file, (await readFile(file, "utf8")).replace('"pause"', '"pausf"'));
    });
    expect(memory.pausedAt).toBeUndefined();
    expect(memory.holds).toHaveLength(1);
    expect(await putAside(data)).toContain('"pausf"');
  });

  it("with lines that fit but were not written by us", async () => {
    const line =
      '{"type":"retry","at":99,"key":"shop/web"}\n{"type":"retry","at":99,"key":"shop/web","crc":"00000000"}\n';
    const { memory, data } = await after((file) => appendFile(file, line));
    expect(memory.holds).toHaveLength(1);
    expect(await putAside(data)).toBe(line);
  });

  it.each<[string, (file: string, data: string) => Promise<void>]>([
    ["a folder in the place of its file", async (file) => (await rm(file), mkdir(file))],
    ["a named pipe in the place of its file", async (file) => (await rm(file), void spawnSync("mkfifo", [file]))],
    [
      "a file in the place of its folder",
      async (_file, data) => {
        await rm(join(data, "journal"), { recursive: true });
        await writeFile(join(data, "journal"), "what is this");
      },
    ],
    [
      "a folder in the place of an older version's",
      async (_file, data) => {
        await rm(join(data, "journal"), { recursive: true });
        await mkdir(join(data, "journal.jsonl"));
      },
    ],
  ])("with %s: it is put aside, and the journal begins anew", async (_name, damage) => {
    const { data, log, again } = await after(damage);
    expect(log.said.map(({ level }) => level)).toEqual(["warn"]);
    expect(await putAsideIn(data)).toHaveLength(1);
    expect(await again.append(pause)).toBe(true);
    const quiet = keptLog();
    expect((await openJournal(data, quiet)).record("shop/web").memory.pausedAt).toBe(9);
    expect(quiet.said).toEqual([]);
  });

  it("with a line without end: it is skipped in bounded memory, and what follows counts", async () => {
    const { memory, data } = await after(async (file) => {
      const handle = await open(file, "a");
      for (let count = 0; count < 24; count += 1) await handle.appendFile("x".repeat(1024 * 1024));
      await handle.appendFile("\n");
      await handle.close();
    });
    expect(memory.holds).toHaveLength(1);
    expect((await putAside(data)).length).toBeLessThan(10_000);
    expect((await textOf(data)).length).toBeLessThan(10_000);
  });

  it("whose folder cannot be read: that is said, work goes on, and nothing of it is removed", async () => {
    const data = await ownDirectory();
    const before = await openJournal(data, silentLog);
    await before.append(hold());
    const disk = faultyDisk();
    const log = keptLog();
    disk.refuse("EACCES", "list");
    const journal = await openJournal(data, log, { disk });
    expect(log.said[0]).toMatchObject({ level: "error", fields: { error: "EACCES: list" } });
    disk.heal();
    for (const at of [11, 12, 13]) expect(await journal.append({ ...pause, at })).toBe(true);
    const { memory } = (await openJournal(data, silentLog)).record("shop/web");
    expect(memory).toMatchObject({ pausedAt: 13, holds: [] });
    expect(await textOf(data)).toContain('"type":"hold"');
  });
});

describe("an older version's journal", () => {
  const bare = (...entries: object[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");

  it("is taken over without loss, once", async () => {
    const data = await ownDirectory();
    const file = join(data, "journal.jsonl");
    await writeFile(file, bare(hold(), { type: "step", at: 1, key: "shop/web", run: "r", text: "t" }, pause));
    const journal = await openJournal(data, silentLog);
    expect(journal.record("shop/web").memory).toMatchObject({ pausedAt: 9, holds: [{ digest }] });
    await expect(readFile(file)).rejects.toThrow("ENOENT");
    await journal.append({ type: "resume", at: 10, key: "shop/web" });
    const again = await openJournal(data, silentLog);
    expect(again.record("shop/web").memory.pausedAt).toBeUndefined();
    const events: string[] = [];
    for await (const { reason } of again.events.read({ follow: false }, AbortSignal.timeout(1_000)))
      events.push(reason);
    expect(events).toEqual(["Unhealthy", "Paused", "Resumed"]);
  });

  it("that cannot be removed is not read twice: what was decided since stays", async () => {
    const data = await ownDirectory();
    await writeFile(join(data, "journal.jsonl"), bare(pause));
    const disk = faultyDisk();
    disk.refuse("EPERM", "remove");
    const journal = await openJournal(data, silentLog, { disk });
    expect(journal.record("shop/web").memory.pausedAt).toBe(9);
    disk.heal();
    disk.refuse("EPERM", "remove");
    await journal.append({ type: "resume", at: 10, key: "shop/web" });
    expect((await openJournal(data, silentLog)).record("shop/web").memory.pausedAt).toBeUndefined();
  });

  it.each([
    ["one absurd time", { ...pause, at: 1e300 }],
    ["one time before all", { ...pause, at: -1 }],
    ["a rollout that says nothing", { type: "rollout", at: 1, key: "shop/web", rollout: {} }],
    [
      "a rollout that began at no time",
      {
        type: "rollout",
        at: 1,
        key: "shop/web",
        rollout: { id: "x", to: digest, startedAt: "yesterday", reason: "r" },
      },
    ],
    ["a key that names no service", { ...pause, key: "shop" }],
  ])("with %s in it: that line is put aside", async (_name, line) => {
    const data = await ownDirectory();
    await writeFile(
      join(data, "journal.jsonl"),
      bare(hold(), line, { type: "stable", at: 7, key: "shop/web", digest }),
    );
    const log = keptLog();
    const { memory } = (await openJournal(data, log)).record("shop/web");
    expect(memory).toMatchObject({ holds: [{ digest }], stableDigest: digest });
    expect(memory.pausedAt).toBeUndefined();
    expect(await putAside(data)).toBe(bare(line));
    expect(log.said.map(({ level, fields }) => [level, fields["lines"]])).toEqual([["warn", 1]]);
  });
});

describe("a journal that loses its place", () => {
  it("whose directory is deleted while it runs is made again with everything in force", async () => {
    const data = join(await ownDirectory(), "data");
    const journal = await openJournal(data, silentLog);
    await journal.append(hold());
    await rm(data, { recursive: true });
    expect(await journal.append(pause)).toBe(true);
    expect((await openJournal(data, silentLog)).record("shop/web")).toEqual(journal.record("shop/web"));
  });

  it("is looked after without anything to write, too", async () => {
    const data = join(await ownDirectory(), "data");
    const clock = manualClock();
    const journal = await openJournal(data, silentLog, { clock });
    await journal.append(hold());
    journal.watch();
    await rm(data, { recursive: true });
    await clock.advance(10_000);
    await expect.poll(() => textOf(data)).toContain('"digest"');
    expect((await openJournal(data, silentLog)).record("shop/web")).toEqual(journal.record("shop/web"));
    expect(await journal.close()).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it("whose disk refuses says so once, works on, and writes everything in force when it can", async () => {
    const data = await ownDirectory();
    const [disk, clock, log] = [faultyDisk(), manualClock(), keptLog()];
    const journal = await openJournal(data, log, { disk, clock });
    await journal.append(hold());
    disk.refuse("ENOSPC", "write");
    expect(await journal.append(pause)).toBe(false);
    expect(await journal.append({ type: "stable", at: 7, key: "shop/web", digest })).toBe(false);
    expect(journal.state()).toEqual({ kind: "failing", message: "ENOSPC: write" });
    expect(journal.record("shop/web").memory).toMatchObject({ pausedAt: 9, stableDigest: digest });
    expect(log.said.map(({ level }) => level)).toEqual(["error"]);
    // What was written before is whole, although the write left a part of a line behind.
    const meanwhile = keptLog();
    expect((await openJournal(data, meanwhile)).record("shop/web").memory.holds).toHaveLength(1);
    disk.heal();
    journal.watch();
    await clock.advance(10_000);
    await expect.poll(() => journal.state().kind).toBe("written");
    expect(log.said.map(({ level }) => level)).toEqual(["error", "info"]);
    expect((await openJournal(data, silentLog)).record("shop/web")).toEqual(journal.record("shop/web"));
    await journal.close();
  });

  it("asks a disk that has just refused again when a person decides", async () => {
    const [disk, clock] = [faultyDisk(), manualClock()];
    const journal = await openJournal(await ownDirectory(), silentLog, { disk, clock });
    disk.refuse("ENOSPC", "write");
    await journal.append(pause);
    disk.heal();
    expect(await journal.append(hold())).toBe(false);
    expect(await journal.append({ type: "resume", at: 10, key: "shop/web" })).toBe(true);
  });
});

describe("a disk that does not answer", () => {
  it("is waited for once and no longer than two seconds; what is decided counts at once", async () => {
    const data = await ownDirectory();
    const [disk, clock, log] = [faultyDisk(), manualClock(), keptLog()];
    const journal = await openJournal(data, log, { disk, clock });
    await journal.append(hold());
    disk.hang("sync");
    const first = journal.append(pause);
    await clock.advance(2_000);
    expect(await first).toBe(false);
    expect(journal.state()).toEqual({ kind: "stuck", forMs: 2_000 });
    await clock.advance(60_000);
    expect(journal.state()).toEqual({ kind: "stuck", forMs: 62_000 });
    expect(await journal.append({ type: "stable", at: 7, key: "shop/web", digest })).toBe(false);
    expect(log.said.map(({ level }) => level)).toEqual(["error"]);
    const closing = journal.close();
    await clock.advance(2_000);
    expect(await closing).toBe(false);
    disk.letGo();
    await expect.poll(() => journal.state().kind).toBe("written");
    expect((await openJournal(data, silentLog)).record("shop/web")).toEqual(journal.record("shop/web"));
  });

  it("is given so much to keep and no more; then how things stand is written", async () => {
    const data = await ownDirectory();
    const [disk, clock] = [faultyDisk(), manualClock()];
    const journal = await openJournal(data, silentLog, { disk, clock });
    disk.hang("write");
    void journal.append(pause);
    await clock.advance(2_000);
    for (let count = 0; count < 200; count += 1) void journal.append(step("x".repeat(10_000)));
    await journal.append(hold());
    disk.letGo();
    await expect.poll(() => journal.state().kind).toBe("written");
    await journal.append({ type: "stable", at: 7, key: "shop/web", digest });
    expect((await textOf(data)).length).toBeLessThan(1_100_000);
    expect((await openJournal(data, silentLog)).record("shop/web")).toEqual(journal.record("shop/web"));
  });

  it("is not waited for by one who only looks", async () => {
    const data = await ownDirectory();
    await (await openJournal(data, silentLog)).append(hold());
    const [disk, clock, log] = [faultyDisk(), manualClock(), keptLog()];
    disk.hang("list");
    const peeking = Journal.peek(data, log, { disk, clock });
    await clock.advance(10_000);
    expect((await peeking).record("shop/web").memory.holds).toEqual([]);
    expect(log.said.map(({ fields }) => fields["error"])).toEqual(["its disk does not answer"]);
  });

  it("does not keep the controller from starting; what it holds counts as soon as it is read", async () => {
    const data = await ownDirectory();
    const before = await openJournal(data, silentLog);
    await before.append(hold());
    await before.append(pause);
    const [disk, clock, log] = [faultyDisk(), manualClock(), keptLog()];
    disk.hang("read");
    const opening = openJournal(data, log, { disk, clock });
    await expect.poll(() => clock.pending).toBe(1);
    await clock.advance(20_000);
    const journal = await opening;
    expect(journal.state()).toEqual({ kind: "reading" });
    expect(log.said.map(({ level }) => level)).toEqual(["error"]);
    expect(await journal.append({ type: "resume", at: 11, key: "shop/web" })).toBe(false);
    disk.letGo();
    await expect.poll(() => journal.state().kind).toBe("written");
    expect(journal.record("shop/web").memory.pausedAt).toBeUndefined();
    expect(journal.record("shop/web").memory.holds).toHaveLength(1);
    await expect
      .poll(async () => (await Journal.peek(data, silentLog)).record("shop/web").memory.pausedAt)
      .toBeUndefined();
  });
});
