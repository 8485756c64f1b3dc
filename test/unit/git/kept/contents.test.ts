import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Contents, type Need, type Unpacker } from "../../../../src/git/kept/contents.js";

const graceMs = 600_000;

/** A folder with what is needed in it, each one file. */
async function contentsOf(...ids: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-contents-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const contents = new Contents(folder);
  const from: Unpacker = {
    unpack: (id, to) => writeFile(join(to, "file"), id),
    pour: () => Promise.reject(new Error("no file is needed")),
  };
  const needs = ids.map((id): Need => {
    const entry = { path: "conf", kind: "folder" as const, executable: false, id };
    return { entry, path: contents.placeOf(entry, "fleet"), modules: [] };
  });
  await contents.provide(needs, from, new AbortController().signal);
  const left = async () => (await readdir(folder)).sort();
  return { contents, needs, from, left };
}

it("what no container mounts goes after a while; what one mounts stays, also one that is stopped", async () => {
  const { contents, needs, left } = await contentsOf("aa", "bb");
  const mounted = needs.filter(({ entry }) => entry.id === "aa").map(({ path }) => path);
  await contents.sweep(mounted, 0);
  await contents.sweep(mounted, graceMs - 1);
  expect(await left()).toEqual(["aa", "bb"]);
  await contents.sweep(mounted, graceMs);
  expect(await left()).toEqual(["aa"]);
});

it("what is in use again meanwhile has its whole while again", async () => {
  const { contents, needs, from, left } = await contentsOf("aa");
  await contents.sweep([], 0);
  await contents.provide(needs, from, new AbortController().signal);
  await contents.sweep([], graceMs);
  expect(await left()).toEqual(["aa"]);
  await contents.sweep([], 2 * graceMs);
  expect(await left()).toEqual([]);
});

it("what holds the same under another name is there too", async () => {
  const { contents, from, left } = await contentsOf("aa");
  const entry = { path: "other", kind: "folder" as const, executable: false, id: "aa" };
  const need: Need = { entry, path: contents.placeOf(entry, "fleet"), modules: [] };
  await contents.provide([need], from, new AbortController().signal);
  expect(await readdir(need.path)).toEqual(["file"]);
  expect(await left()).toEqual(["aa"]);
});
