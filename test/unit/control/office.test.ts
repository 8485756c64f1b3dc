import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { DirectoryLock } from "../../../src/control/directory-lock.js";
import type { Holder } from "../../../src/control/holder.js";
import { Lease } from "../../../src/control/lease.js";
import { takeOffice } from "../../../src/control/office.js";
import { silentLog } from "../../../src/log.js";
import { ManualClock } from "../../simulator/clock.js";
import { SimulatedMarks } from "../../simulator/marks.js";

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

const hasFlock = existsSync("/usr/bin/flock");

describe.skipIf(!hasFlock)("the lock on a data directory", () => {
  it("is one process's, by whatever path, until it gives it back", async () => {
    const path = folder();
    const [one, two] = [DirectoryLock.open(path)!, DirectoryLock.open(`${path}/../${path.split("/").at(-1)!}`)!];
    expect(one.identity).toMatch(/^[0-9a-f-]{36}:\d+:\d+$/);
    expect(two.identity).toBe(one.identity);
    expect(await one.take(silentLog)).toBe("held");
    await one.sign(holder("one"));
    expect(await two.take(silentLog)).toBe("taken");
    expect(two.holder()).toEqual(holder("one"));
    const waiting = two.take(silentLog, new AbortController().signal);
    one.release();
    expect(await waiting).toBe("held");
    two.release();
  });

  it("stops waiting when it is told to", async () => {
    const path = folder();
    const [one, two] = [DirectoryLock.open(path)!, DirectoryLock.open(path)!];
    await one.take(silentLog);
    const end = new AbortController();
    const waiting = two.take(silentLog, end.signal);
    end.abort();
    expect(await waiting).toBe("taken");
    one.release();
    two.release();
  });

  it("says nothing of a holder that could not write itself down", () => {
    const path = folder();
    writeFileSync(join(path, "controller.json"), "{");
    expect(DirectoryLock.open(path)!.holder()).toBeUndefined();
    writeFileSync(join(path, "file"), "");
    expect(DirectoryLock.open(join(path, "file", "below"))).toBeUndefined();
  });
});

describe("the office", () => {
  function enter(marks: SimulatedMarks, clock: ManualClock, token: string, standby = false) {
    const self = holder(token);
    const end = new AbortController();
    const said: string[] = [];
    const options = {
      directory: undefined,
      self,
      standby,
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
