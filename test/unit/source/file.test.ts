import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SourceSnapshot } from "../../../src/control/ports.js";
import { fileSource } from "../../../src/source/file.js";

const valid = (image: string) => `name: shop\nservices:\n  web:\n    image: ${image}\n`;
let directory = "";
let file = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-source-"));
  file = join(directory, "services.yaml");
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function images(snapshot: SourceSnapshot): string[] {
  return snapshot.projects.flatMap(({ services }) =>
    services.map(({ image }) => `${image.repository}:${image.tag ?? ""}`),
  );
}

function open(files = [file]) {
  return fileSource({ files, environment: {}, onWarning: () => undefined, pollMs: 20 });
}

describe("a services file", () => {
  it.each([
    ["broken", "name: shop\nservices:\n  web: [\n", /services\.yaml/],
    ["empty", "", /services\.yaml/],
    ["without services", "name: shop\nservices: {}\n", /services\.yaml/],
  ])("that becomes %s keeps its last good version in force", async (_what, text, place) => {
    await writeFile(file, valid("acme/web:1"));
    const source = open();
    expect(images(await source.load())).toEqual(["acme/web:1"]);
    await writeFile(file, text);
    const after = await source.load();
    expect(images(after)).toEqual(["acme/web:1"]);
    expect(after.problems.length).toBeGreaterThan(0);
    expect(after.problems[0]?.file).toMatch(place);
    expect(after.files.get(file)).toBe(after.problems.length);
    await writeFile(file, valid("acme/web:2"));
    const mended = await source.load();
    expect(images(mended)).toEqual(["acme/web:2"]);
    expect(mended.problems).toEqual([]);
  });

  it("that is deleted keeps its last good version in force", async () => {
    await writeFile(file, valid("acme/web:1"));
    const source = open();
    await source.load();
    await rm(file);
    const after = await source.load();
    expect(images(after)).toEqual(["acme/web:1"]);
    expect(after.problems).toEqual([
      { file, path: "", message: "there is no such file", hint: "name another with --file" },
    ]);
  });

  it("counts a generation for each change of content and for nothing else", async () => {
    await writeFile(file, valid("acme/web:1"));
    const source = open();
    expect((await source.load()).generation).toBe(1);
    expect((await source.load()).generation).toBe(1);
    await writeFile(file, valid("acme/web:1"));
    expect((await source.load()).generation).toBe(1);
    await writeFile(file, valid("acme/web:2"));
    expect((await source.load()).generation).toBe(2);
    await rm(file);
    expect((await source.load()).generation).toBe(3);
    expect((await source.load()).generation).toBe(3);
  });

  it("is read again when an editor replaces it, until nobody listens", async () => {
    await writeFile(file, valid("acme/web:1"));
    const source = open();
    await source.load();
    const seen: string[][] = [];
    const abort = new AbortController();
    source.watch((snapshot) => seen.push(images(snapshot)), abort.signal);
    await writeFile(`${file}.new`, valid("acme/web:2"));
    await rename(`${file}.new`, file);
    await vi.waitFor(() => {
      expect(seen).toEqual([["acme/web:2"]]);
    }, 5_000);
    abort.abort();
    await writeFile(file, valid("acme/web:3"));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(seen).toHaveLength(1);
  });
});

describe("several files", () => {
  it("one broken file never holds up the others", async () => {
    const other = join(directory, "other.yaml");
    await writeFile(file, "services: [");
    await writeFile(other, valid("acme/web:1").replace("shop", "other"));
    const snapshot = await open([file, other]).load();
    expect(images(snapshot)).toEqual(["acme/web:1"]);
    expect(snapshot.problems.map((problem) => problem.file)).toEqual([file]);
  });

  it("may not declare one project twice", async () => {
    const other = join(directory, "other.yaml");
    await writeFile(file, valid("acme/web:1"));
    await writeFile(other, valid("acme/web:2"));
    const snapshot = await open([file, other]).load();
    expect(images(snapshot)).toEqual(["acme/web:1"]);
    expect(snapshot.problems[0]).toMatchObject({ file: other, path: "name" });
  });
});
