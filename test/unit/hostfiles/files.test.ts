import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostFiles } from "../../../src/hostfiles/files.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-hostfiles-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);

describe("a file of the host", () => {
  it("is the same one while it is written to, and another one when it is replaced", async () => {
    await writeFile(at("file"), "one");
    const first = await hostFiles.look(at("file"));
    expect(first).toMatchObject({ kind: "file", size: 3 });
    await writeFile(at("file"), "two and more");
    const second = await hostFiles.look(at("file"));
    expect(second?.identity).toBe(first?.identity);
    await writeFile(at("other"), "one");
    await rename(at("other"), at("file"));
    expect((await hostFiles.look(at("file")))?.identity).not.toBe(first?.identity);
  });

  it("is nothing where there is none, or something else that could do harm when it is opened", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    for (const name of ["pipe", "nowhere"]) {
      expect(await hostFiles.look(at(name)), name).toBeUndefined();
      expect(await hostFiles.contentOf(at(name)), name).toBeUndefined();
      expect(await hostFiles.survey(at(name)), name).toBeUndefined();
    }
  });
});

describe("a folder of the host", () => {
  const read = async (name: string) => {
    const found = await hostFiles.survey(at(name));
    if (found === undefined || found === "too-large") throw new Error(String(found));
    return { print: found.print, content: await found.content(), changedAt: found.changedAt };
  };

  it("is another print after every change in it, and another content only where names or contents changed", async () => {
    await mkdir(at("conf/deep"), { recursive: true });
    await writeFile(at("conf/a"), "one");
    await writeFile(at("conf/deep/b"), "one");
    await symlink("a", at("conf/link"));
    let before = await read("conf");
    const changes: [string, boolean, () => Promise<void>][] = [
      ["a touched file", false, () => utimes(at("conf/a"), new Date(), new Date(1_000))],
      ["a written file", true, () => writeFile(at("conf/a"), "two")],
      ["a written file in a deeper folder", true, () => writeFile(at("conf/deep/b"), "two")],
      ["a new file", true, () => writeFile(at("conf/deep/c"), "")],
      ["a file under another name", true, () => rename(at("conf/deep/c"), at("conf/deep/d"))],
      ["a file less", true, () => rm(at("conf/deep/d"))],
      ["a link to something else", true, () => rm(at("conf/link")).then(() => symlink("deep", at("conf/link")))],
    ];
    for (const [what, isOther, change] of changes) {
      await change();
      const after = await read("conf");
      expect(after.print, what).not.toBe(before.print);
      expect(after.content !== before.content, what).toBe(isOther);
      expect(after.changedAt, what).toBeGreaterThanOrEqual(before.changedAt);
      before = after;
    }
    expect(await read("conf"), "without a change").toEqual(before);
  });

  it("does not follow links out of it", async () => {
    await mkdir(at("linked"));
    await symlink("/", at("linked/everything"));
    expect(await read("linked")).toMatchObject({ changedAt: expect.any(Number) as number });
  });

  it("with too much in it is not looked at", async () => {
    await mkdir(at("large/deep"), { recursive: true });
    const names = Array.from({ length: 998 }, (_, index) => at(`large/deep/${index}`));
    await Promise.all(names.map((name) => writeFile(name, "")));
    expect(await hostFiles.survey(at("large"))).toMatchObject({ print: expect.any(String) as string });
    await writeFile(at("large/one-more"), "");
    expect(await hostFiles.survey(at("large"))).toBe("too-large");
  });
});
