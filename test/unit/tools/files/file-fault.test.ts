import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFault, writeFault } from "../../../../src/tools/files/file-fault.js";
import { makeFolder, whyNoFolder } from "../../../../src/tools/files/folder.js";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "fairlead-fault-"));
  writeFileSync(join(directory, "file"), "x");
  mkdirSync(join(directory, "folder"));
  symlinkSync("circle", join(directory, "circle"));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  return expect.fail("it did not throw");
}

/** Whose names people search for, and nobody reads. */
const raw = /\bE[A-Z]{3,}\b|ERR_|illegal|operation/;

describe("what the file system throws", () => {
  it.each([
    ["none", /^there is no file .*none$/],
    ["folder", /^.*folder is a directory$/],
    ["file/below", /leads through a file/],
    ["circle", /leads back to itself$/],
    ["x".repeat(300), /is no path/],
    ["a\0b", /is no path/],
  ])("at a reader of %j is told in words, with a remedy", (name, message) => {
    const path = join(directory, name);
    const fault = readFault(
      path,
      thrownBy(() => readFileSync(path)),
    );
    expect(fault.message).toMatch(message);
    expect(fault.message).not.toMatch(raw);
    expect(fault.remedy).not.toBe("");
  });

  it.each([
    ["folder", /is a directory$/],
    ["file/below", /leads through a file/],
    ["none/below", /nothing can be made/],
  ])("at a writer to %j is told in words, with a remedy", async (name, message) => {
    const path = join(directory, name);
    const thrown: unknown = await writeFile(path, "").catch((error: unknown) => error);
    const fault = writeFault(path, thrown);
    expect(fault.message).toMatch(message);
    expect(fault.message).not.toMatch(raw);
  });

  it.each(["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "EEXIST"])(
    "with the code %s has words of its own",
    (code) => {
      expect(writeFault("/x", Object.assign(new Error(code), { code })).message).not.toContain(code);
    },
  );

  it("and nobody foresaw is told with its code", () => {
    const thrown = Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
    expect(readFault("/x", thrown)).toEqual({
      message: "/x cannot be read (EIO)",
      remedy: "see whether its disk is well, or name another file",
    });
  });
});

describe("a folder", () => {
  it("is made with all that is missing above it, and stays as it is where it is there", async () => {
    const path = join(directory, "a", "b", "c");
    const made: string[] = [];
    const onMade = () => {
      made.push("c");
      return Promise.resolve();
    };
    await makeFolder(path, { mode: 0o700, modeAbove: 0o755, onMade });
    await makeFolder(path, { mode: 0o755, onMade });
    const modes = [path, join(path, "..")].map(async (each) => ((await stat(each)).mode & 0o777).toString(8));
    expect([made, await Promise.all(modes)]).toEqual([["c"], ["700", "755"]]);
  });

  it("that cannot be is told at once, also where the kernel takes none", async () => {
    await expect(makeFolder(join(directory, "file"), { mode: 0o755 })).rejects.toMatchObject({ code: "EEXIST" });
    await expect(makeFolder(join(directory, "file", "x"), { mode: 0o755 })).rejects.toMatchObject({ code: "ENOTDIR" });
    await expect(makeFolder("/proc/none/below", { mode: 0o755 })).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("is asked after without being made", async () => {
    expect(await whyNoFolder(join(directory, "new", "below"))).toBeUndefined();
    await expect(stat(join(directory, "new"))).rejects.toThrow();
    expect(await whyNoFolder(join(directory, "folder"))).toBeUndefined();
    expect((await whyNoFolder(join(directory, "file", "x", "y")))?.message).toMatch(/file is a file, not a directory$/);
    expect((await whyNoFolder(join(directory, "circle")))?.message).toMatch(/leads back to itself/);
    expect((await whyNoFolder("/proc/1/none"))?.message).toMatch(/is on no disk/);
    expect((await whyNoFolder("/sys"))?.message).toMatch(/is on no disk/);
  });

  it.skipIf(process.getuid?.() === 0)("that this user may not write to is told where that is asked", async () => {
    const locked = join(directory, "locked");
    await mkdir(locked, { mode: 0o500 });
    expect((await whyNoFolder(join(locked, "x")))?.message).toMatch(/may not write/);
    expect(await whyNoFolder(join(locked, "x"), false)).toBeUndefined();
  });
});
