import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { directoryDisk } from "../../../../src/control/office/directory-disk.js";
import type { DirectoryDisk, OpenDirectory } from "../../../../src/control/office/directory-disk.js";
import { DirectoryLock } from "../../../../src/control/office/directory-lock.js";
import type { DirectoryLockOptions } from "../../../../src/control/office/directory-lock.js";
import type { Holder } from "../../../../src/control/office/holder.js";
import { Lease } from "../../../../src/control/office/lease.js";
import { takeOffice } from "../../../../src/control/office/office.js";
import { systemClock } from "../../../../src/control/time/clock.js";
import { silentLog } from "../../../../src/console/log.js";
import { ManualClock } from "../../../simulator/clock.js";
import { SimulatedMarks } from "../../../simulator/marks.js";
import { manualClock, settle } from "../clock.js";

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), "fairlead-office-"));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

function holder(token: string, directory?: string): Holder {
  return { token, host: "web1", pid: 7, directory, since: "2030-01-01T00:00:00.000Z" };
}

async function open(path: string, options: Partial<DirectoryLockOptions> = {}) {
  const lock = await DirectoryLock.open(path, { clock: systemClock, log: silentLog, ...options });
  onTestFinished(() => lock?.release());
  return lock;
}

const hasFlock = existsSync("/usr/bin/flock");

describe.skipIf(!hasFlock)("the lock on a data directory", () => {
  it("is one process's, by whatever path, until it gives it back", async () => {
    const path = folder();
    const [one, two] = [(await open(path))!, (await open(`${path}/../${path.split("/").at(-1)!}`))!];
    expect(one.identity).toMatch(/^[0-9a-f-]{36}:\d+:\d+$/);
    expect(two.identity).toBe(one.identity);
    expect(await one.take()).toBe("held");
    await one.sign(holder("one"));
    expect(await two.take()).toBe("taken");
    expect(await two.holder()).toEqual(holder("one"));
    const waiting = two.take(new AbortController().signal);
    await one.release();
    expect(await waiting).toBe("held");
    await two.release();
  });

  it("can be given to another one and taken again", async () => {
    const path = folder();
    const [one, two] = [(await open(path))!, (await open(path))!];
    await one.take();
    const waiting = two.take(new AbortController().signal);
    await one.unlock();
    expect(await waiting).toBe("held");
    expect(await one.take()).toBe("taken");
    await two.release();
    expect(await one.take()).toBe("held");
    await one.release();
  });

  it("goes to the heir of the lease, whoever comes for the directory first", async () => {
    const path = folder();
    const [marks, clock] = [new SimulatedMarks(), systemClock];
    const come = async (token: string, container: string) => {
      const directory = (await open(path))!;
      const self = { ...holder(token, directory.identity), container };
      const lease = (owns: () => boolean) =>
        new Lease({ marks, name: "default", self, isGone: owns, clock, log: silentLog });
      const options = { directory, lease, self, mayWait: () => true, onStandingBy: () => Promise.resolve() };
      return takeOffice({ ...options, clock, log: silentLog }, new AbortController().signal);
    };
    const first = await come("one", "c1");
    const other = come("three", "c3");
    const heir = come("two", "c2");
    await first!.leave("c2");
    await (await heir)!.assertHeld();
    await (await heir)!.leave();
    await (await other)!.assertHeld();
    await (await other)!.leave();
  });

  it("stops waiting when it is told to", async () => {
    const path = folder();
    const [one, two] = [(await open(path))!, (await open(path))!];
    await one.take();
    const end = new AbortController();
    const waiting = two.take(end.signal);
    end.abort();
    expect(await waiting).toBe("taken");
    await one.release();
    await two.release();
  });

  it("says nothing of a holder that could not write itself down", async () => {
    const path = folder();
    writeFileSync(join(path, "controller.json"), "{");
    expect(await (await open(path))!.holder()).toBeUndefined();
    writeFileSync(join(path, "file"), "");
  });

  it("refuses what can never be a directory, and says what has named it", async () => {
    const path = folder();
    writeFileSync(join(path, "file"), "");
    for (const wrong of [join(path, "file"), join(path, "file", "below")]) {
      await expect(open(wrong, { place: "FAIRLEAD_DATA" })).rejects.toThrow(
        `FAIRLEAD_DATA: ${join(path, "file")} is a file, not a directory`,
      );
    }
    await expect(open("/proc/none/at/all")).rejects.toThrow("is on no disk");
  });
});

/** Lets nothing through but what is named: all else is never answered. */
function hungDisk(...answered: readonly (keyof DirectoryDisk)[]): DirectoryDisk {
  const never = () => new Promise<never>(() => undefined);
  return Object.fromEntries(
    Object.entries(directoryDisk).map(([name, call]) => [
      name,
      answered.includes(name as keyof DirectoryDisk) ? call : never,
    ]),
  ) as unknown as DirectoryDisk;
}

describe("a data directory whose disk does not answer", () => {
  const patience = 2_000;

  it("is not waited for, and the log says what that means", async () => {
    const [clock, said] = [manualClock(), [] as string[]];
    const log = { ...silentLog, error: (_fields: object, text: string) => void said.push(text) };
    const opening = open(folder(), { clock, log, disk: hungDisk() });
    await clock.advance(patience);
    expect(await opening).toBeUndefined();
    expect(said).toEqual(["the data directory's disk does not answer: a second controller on it may go unnoticed"]);
  });

  it("is closed when it answers after all: a lock that nobody has asked for would be ours for ever", async () => {
    const [path, clock, closed] = [folder(), manualClock(), [] as string[]];
    const answer = { give: (_opened: OpenDirectory) => undefined as unknown };
    const late = new Promise<OpenDirectory>((resolve) => (answer.give = resolve));
    const opening = open(path, { clock, disk: { ...hungDisk(), open: () => late } });
    await clock.advance(patience);
    expect(await opening).toBeUndefined();
    const close = () => Promise.resolve(void closed.push("closed"));
    answer.give({ descriptor: -1, identity: undefined, close });
    await settle();
    expect(closed).toEqual(["closed"]);
  });

  it("holds up neither signing, nor who asks for the holder, nor the end", async () => {
    const [path, clock] = [folder(), manualClock()];
    const lock = (await open(path, { clock, disk: hungDisk("open") }))!;
    const work = Promise.all([lock.sign(holder("one")), lock.holder()]);
    await clock.advance(patience);
    expect(await work).toEqual([undefined, undefined]);
    const disk = { ...directoryDisk, open: neverClosing };
    const other = (await DirectoryLock.open(path, { clock, log: silentLog, disk }))!;
    const release = other.release();
    await clock.advance(patience);
    await release;
  });

  it("is taken for one that cannot be locked where the kernel gives no answer", async () => {
    const [path, clock] = [folder(), manualClock()];
    writeFileSync(join(path, "flock"), "#!/bin/sh\nexec sleep 100\n", { mode: 0o755 });
    vi.stubEnv("PATH", `${path}:${process.env["PATH"] ?? ""}`);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const taking = (await open(path, { clock }))!.take();
    await clock.advance(patience);
    expect(await taking).toBe("unknown");
  });
});

async function neverClosing(directory: string): Promise<OpenDirectory> {
  const opened = await directoryDisk.open(directory);
  onTestFinished(() => opened.close());
  return { ...opened, close: () => new Promise(() => undefined) };
}

describe("the office", () => {
  function enter(marks: SimulatedMarks, clock: ManualClock, token: string, standby = false) {
    const self = holder(token);
    const end = new AbortController();
    const said: string[] = [];
    const options = {
      directory: undefined,
      self,
      mayWait: () => standby,
      clock,
      log: { ...silentLog, warn: (_fields: object, text: string) => void said.push(text) },
      onStandingBy: () => Promise.resolve(void said.push("standing by")),
      lease: () =>
        new Lease({
          marks,
          name: "default",
          self,
          isGone: () => false,
          clock,
          log: silentLog,
        }),
    };
    return { end, said, office: takeOffice(options, end.signal) };
  }

  it("is refused to the second, with the first one's name and what to do", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    await enter(marks, clock, "one").office;
    const refused = expect(enter(marks, clock, "two").office).rejects.toMatchObject({
      code: "AlreadyRunning",
      message: "the engine is held by another controller: process 7 on web1, since 2030-01-01T00:00:00.000Z",
      remedy: expect.stringContaining("--standby") as string,
    });
    await clock.advance(10_000);
    await refused;
  });

  it("passes to the one who stands by when the first leaves", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    const first = await enter(marks, clock, "one").office;
    const { office, said } = enter(marks, clock, "two", true);
    await clock.advance(60_000);
    expect(said).toEqual(["standing by"]);
    await first!.leave();
    await clock.advance(5_000);
    await (await office)!.assertHeld();
  });

  it("is waited for through a time in which the engine is away, by one who knows of another", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    const first = await enter(marks, clock, "one").office;
    const { office, said } = enter(marks, clock, "two", true);
    await clock.advance(10_000);
    marks.cut(true);
    await clock.advance(60_000);
    marks.cut(false);
    await clock.advance(10_000);
    expect(said).toEqual(["standing by"]);
    await first!.leave();
    await clock.advance(5_000);
    await (await office)!.assertHeld();
  });

  it("is lost where the engine was not there at first, another one has it, and this one may wait for it", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    await enter(marks, clock, "one").office;
    marks.cut(true);
    const office = await enter(marks, clock, "two", true).office;
    marks.cut(false);
    await clock.advance(10_000);
    expect(await office!.lost).toMatchObject({ token: "one" });
    await expect(office!.assertHeld()).rejects.toMatchObject({ code: "LeaseLost" });
  });

  it("is given up by one who stands by and is told to end", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    await enter(marks, clock, "one").office;
    const { office, end } = enter(marks, clock, "two", true);
    await clock.advance(5_000);
    end.abort();
    expect(await office).toBeUndefined();
  });

  it("is entered where the engine is not there yet, and nothing is done until it has confirmed it", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    marks.cut(true);
    const { office: entering, said } = enter(marks, clock, "one");
    const office = await entering;
    expect(said).toEqual(["the engine cannot be reached; waiting for it"]);
    await expect(office!.assertHeld()).rejects.toMatchObject({ code: "LeaseLost" });
    await clock.advance(30_000);
    marks.cut(false);
    await clock.advance(1_000);
    await office!.confirmed;
    await office!.assertHeld();
  });

  it("is refused later where the engine was not there at first, and another one has it", async () => {
    const [marks, clock] = [new SimulatedMarks(), new ManualClock()];
    await enter(marks, clock, "one").office;
    marks.cut(true);
    const office = await enter(marks, clock, "two").office;
    const refused = expect(office!.confirmed).rejects.toMatchObject({ code: "AlreadyRunning" });
    marks.cut(false);
    await clock.advance(10_000);
    await refused;
  });
});
