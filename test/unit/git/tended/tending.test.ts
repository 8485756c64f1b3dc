import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Place } from "../../../../src/git/tended/places.js";
import { Tending } from "../../../../src/git/tended/tending.js";
import { hostFiles } from "../../../../src/hostfiles/files.js";

const graceMs = 600_000;

async function open() {
  const root = await mkdtemp(join(tmpdir(), "fairlead-tending-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, "tended");
  const path = join(folder, "key", "app.conf");
  /** What git has there by now. */
  const at = async (content: string, key = "key"): Promise<Place> => {
    const from = join(root, "contents", content, "app.conf");
    await mkdir(dirname(from), { recursive: true });
    await writeFile(from, content);
    return { path: join(folder, key, "app.conf"), file: "app.conf", content: from };
  };
  const tending = () => new Tending({ folder, files: hostFiles });
  const told = async () => [{ path, content: (await hostFiles.contentOf(path)) ?? "" }];
  return { root, folder, path, at, tending, told, text: () => readFile(path, "utf8") };
}

describe("the place of a file that a process is told of", () => {
  it("holds what git has, in the same file, until a process takes it badly; then what was before, over a restart too", async () => {
    const { path, at, tending, told, text } = await open();
    const one = tending();
    await one.settle([await at("first")]);
    const { ino } = await stat(path);
    const second = await at("second");
    await one.settle([second]);
    expect(await text()).toBe("second");
    expect(await one.takeBack([{ path, content: "of another content" }])).toEqual([]);
    expect(await one.takeBack([{ path: "/elsewhere", content: "x" }])).toEqual([]);
    const before = await told();
    expect(await one.takeBack(before)).toEqual(["app.conf"]);
    expect(await text()).toBe("first");
    // Whoever was cut off before that was written down asks again.
    expect(await one.takeBack(before)).toEqual([]);
    const other = tending();
    await other.settle([second]);
    expect(await text()).toBe("first");
    expect(other.takenBack([second])).toEqual([{ path, file: "app.conf" }]);
    expect(await other.forgive(new Set(["/elsewhere"]))).toBe(false);
    expect(await other.forgive(new Set([path]))).toBe(true);
    expect(await text()).toBe("second");
    await other.settle([await at("third")]);
    expect(await text()).toBe("third");
    expect((await stat(path)).ino).toBe(ino);
  });

  it.each(["first", "second", "secot", "", "secondfirst"])(
    "is finished after an end in the middle of it, which has left %j there",
    async (left) => {
      const { path, at, tending, text } = await open();
      await tending().settle([await at("first")]);
      const { ino } = await stat(path);
      const second = await at("second");
      const one = tending();
      await one.settle([second]);
      await writeFile(path, left);
      await tending().settle([second]);
      expect(await text()).toBe("second");
      expect((await stat(path)).ino).toBe(ino);
    },
  );

  it("holds what git has where the record, or the content before, is lost", async () => {
    const { root, folder, at, tending, told, text } = await open();
    const one = tending();
    await one.settle([await at("first")]);
    const second = await at("second");
    await one.settle([second]);
    await one.takeBack(await told());
    await rm(join(root, "contents", "first"), { recursive: true });
    await tending().settle([second]);
    expect(await text()).toBe("second");
    await at("first");
    await writeFile(join(folder, ".holdings.json"), "{");
    await tending().settle([second]);
    expect(await text()).toBe("second");
  });

  it("says what is due and changes nothing", async () => {
    const { path, folder, at, tending, text } = await open();
    const first = await at("first");
    expect(await tending().due([first])).toEqual(new Set());
    await tending().settle([first]);
    const record = await readFile(join(folder, ".holdings.json"), "utf8");
    expect(await tending().due([first])).toEqual(new Set());
    expect(await tending().due([await at("second")])).toEqual(new Set([path]));
    expect(await text()).toBe("first");
    expect(await readFile(join(folder, ".holdings.json"), "utf8")).toBe(record);
  });

  it("stays for a container that mounts it, with what may come back, and goes a while after that", async () => {
    const { folder, at, tending } = await open();
    const one = tending();
    await one.settle([await at("first")]);
    const second = await at("second");
    await one.settle([second]);
    const other = await at("third", "other");
    await one.settle([other]);
    const mounted = [second.path];
    for (const now of [0, graceMs, 2 * graceMs]) await one.sweep(mounted, now);
    expect((await readdir(folder)).filter((name) => !name.startsWith("."))).toEqual(["key", "other"]);
    expect(one.contents).toContain(second.content);
    for (const now of [3 * graceMs, 4 * graceMs]) await one.sweep([], now);
    expect((await readdir(folder)).filter((name) => !name.startsWith("."))).toEqual(["other"]);
    expect(one.contents).toEqual([other.content, other.content, other.content]);
  });
});
