import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { writePlace } from "../../../../src/git/tended/write.js";

async function placeIn() {
  const root = await mkdtemp(join(tmpdir(), "fairlead-places-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const content = async (name: string, files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name, path)), { recursive: true });
      await writeFile(join(root, name, path), text);
    }
    return join(root, name);
  };
  const path = join(root, "places", "key", "conf");
  return { root, path, content, write: (from: string) => writePlace(path, from, join(root, "places", ".workshop")) };
}

it("a file is written in place, shorter or longer, and may be executed or not", async () => {
  const { path, content, write } = await placeIn();
  const long = join(await content("1", { conf: "a rather long one" }), "conf");
  const short = join(await content("2", { conf: "short" }), "conf");
  await write(long);
  const { ino } = await stat(path);
  const held = await open(path, "r");
  await write(short);
  expect(await held.readFile("utf8")).toBe("short");
  await held.close();
  await chmod(long, 0o755);
  await write(long);
  expect(await readFile(path, "utf8")).toBe("a rather long one");
  const after = await stat(path);
  expect(after.ino).toBe(ino);
  expect(after.mode & 0o111).not.toBe(0);
});

it("what is the same is left alone", async () => {
  const { path, content, write } = await placeIn();
  const one = await content("1", { a: "a1", "sub/b": "b1" });
  await write(one);
  const before = await Promise.all([path, join(path, "a"), join(path, "sub/b")].map((at) => stat(at)));
  await write(await content("2", { a: "a1", "sub/b": "b1" }));
  const after = await Promise.all([path, join(path, "a"), join(path, "sub/b")].map((at) => stat(at)));
  expect(after.map(({ ino, mtimeMs }) => [ino, mtimeMs])).toEqual(before.map(({ ino, mtimeMs }) => [ino, mtimeMs]));
});

it("a folder holds what is in the other one, and nothing else; its files are replaced whole", async () => {
  const { path, content, write } = await placeIn();
  const one = await content("1", { a: "a1", gone: "g", "sub/b": "b1", file: "f", "folder/x": "x" });
  await write(one);
  const held = await open(join(path, "a"), "r");
  const two = await content("2", {
    a: "a2",
    "sub/b": "b1",
    "sub/new": "n",
    "file/now/a/folder": "f",
    folder: "a file",
  });
  await symlink("a", join(two, "link"));
  await write(two);
  expect(await held.readFile("utf8")).toBe("a1");
  await held.close();
  expect((await readdir(path)).sort()).toEqual(["a", "file", "folder", "link", "sub"]);
  const texts = await Promise.all(
    ["a", "sub/new", "file/now/a/folder", "folder", "link"].map((name) => readFile(join(path, name), "utf8")),
  );
  expect(texts).toEqual(["a2", "n", "f", "a file", "a2"]);
  expect(await readlink(join(path, "link"))).toBe("a");
});

it("no link that somebody has put there is followed", async () => {
  const { root, path, content, write } = await placeIn();
  const one = join(await content("1", { conf: "one" }), "conf");
  const elsewhere = join(root, "elsewhere");
  await writeFile(elsewhere, "theirs");
  await mkdir(dirname(path), { recursive: true });
  await symlink(elsewhere, path);
  await write(one);
  expect(await readFile(elsewhere, "utf8")).toBe("theirs");
  expect((await lstat(path)).isFile()).toBe(true);
});
