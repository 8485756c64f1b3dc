import { execFileSync } from "node:child_process";
import { appendFile, mkdir, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { silentLog } from "../../../../src/console/log.js";
import { manualClock } from "../clock.js";
import { hold, keptLog, openJournal, ownDirectory, putAside, putAsideIn, segmentsOf } from "./stage.js";

const pause = { type: "pause", at: 9, key: "shop/web" } as const;

/** A real file system of this size, which only root can make. */
async function smallDisk(kib: number): Promise<string> {
  const path = await ownDirectory();
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kib}k`, "tmpfs", path]);
  onTestFinished(() => {
    execFileSync("umount", ["--lazy", path]);
  });
  return path;
}

async function fill(path: string): Promise<string> {
  const file = join(path, "filler");
  const { bavail, bsize } = await statfs(path);
  await writeFile(file, Buffer.alloc(bavail * bsize));
  return file;
}

/** As many files as are ever kept. */
async function fillQuarantine(data: string): Promise<readonly string[]> {
  await mkdir(join(data, "journal-unreadable"));
  const names = Array.from({ length: 16 }, (_, count) => `2026-01-${10 + count}T00-00-00-000Z-00000001.jsonl`);
  for (const name of names) await writeFile(join(data, "journal-unreadable", name), "kept\n");
  return putAsideIn(data);
}

describe.runIf(process.getuid?.() === 0)("a disk that is really full", () => {
  it("loses no line that was acknowledged, and what was decided meanwhile is written when there is room", async () => {
    const disk = await smallDisk(256);
    const data = join(disk, "data");
    const [clock, log] = [manualClock(), keptLog()];
    const journal = await openJournal(data, log, { clock });
    expect(await journal.append(hold("a"))).toBe(true);
    const filler = await fill(disk);
    const answers: boolean[] = [];
    for (let count = 0; count < 60; count += 1) {
      answers.push(await journal.append({ ...hold("a"), at: count, message: "m".repeat(500) }));
    }
    expect(answers[0]).toBe(true);
    expect(answers.at(-1)).toBe(false);
    expect(await journal.append(pause)).toBe(false);
    expect(log.said.map(({ level }) => level)).toEqual(["error"]);
    expect(journal.state()).toMatchObject({ kind: "failing", message: expect.stringContaining("ENOSPC") as string });
    const acknowledged = answers.lastIndexOf(true);
    const meanwhile = await openJournal(data, silentLog);
    expect(meanwhile.record("shop/web").memory.holds[0]?.at).toBe(acknowledged);
    await rm(filler);
    journal.watch();
    await clock.advance(10_000);
    await expect.poll(() => journal.state().kind).toBe("written");
    const after = await openJournal(data, silentLog);
    expect(after.record("shop/web")).toEqual(journal.record("shop/web"));
  });

  it("with a torn last line, starts; the line is put aside as soon as there is room", async () => {
    const disk = await smallDisk(256);
    const data = join(disk, "data");
    const before = await openJournal(data, silentLog);
    await before.append(hold());
    await before.close();
    const [segment = ""] = await segmentsOf(data);
    await appendFile(segment, '{"type":"hold","at":');
    const earlier = await fillQuarantine(data);
    const filler = await fill(disk);
    const log = keptLog();
    const journal = await openJournal(data, log);
    expect(log.said.map(({ level }) => level)).toEqual(["warn", "error"]);
    expect(await putAsideIn(data), "no empty shell of what could not be kept").toEqual(earlier);
    expect(journal.record("shop/web").memory.holds).toHaveLength(1);
    expect(await journal.append(pause)).toBe(false);
    expect(await readFile(segment, "utf8")).toContain('{"type":"hold","at":');
    await rm(filler);
    expect(await journal.append({ ...pause, at: 10 })).toBe(true);
    const again = await openJournal(data, silentLog);
    expect(again.record("shop/web")).toEqual(journal.record("shop/web"));
    expect(await putAside(data)).toContain('{"type":"hold","at":\n');
    expect(await putAsideIn(data), "so many, and no more").toHaveLength(earlier.length);
  });

  it("or read-only: starts, says so once, and takes it up when that ends", async () => {
    const data = await smallDisk(256);
    const before = await openJournal(data, silentLog);
    await before.append(hold());
    await before.close();
    execFileSync("mount", ["-o", "remount,ro", data]);
    const log = keptLog();
    const journal = await openJournal(data, log);
    expect(log.said.map(({ level }) => level)).toEqual(["error"]);
    expect(journal.record("shop/web").memory.holds).toHaveLength(1);
    expect(await journal.append(pause)).toBe(false);
    execFileSync("mount", ["-o", "remount,rw", data]);
    expect(await journal.append({ ...pause, at: 10 })).toBe(true);
    expect(log.said.map(({ level }) => level)).toEqual(["error", "info"]);
  });
});
