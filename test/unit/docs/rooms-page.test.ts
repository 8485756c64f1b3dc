import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { readRooms, renderRoomsPage, roomsPage } from "../../docs/rooms-page.js";

const src = fileURLToPath(new URL("../../../src", import.meta.url));

it("is committed as `npm run docs` writes it", () => {
  expect(readFileSync(roomsPage, "utf8")).toBe(renderRoomsPage());
});

it("has a row for every folder, and no other", () => {
  const entries = readdirSync(src, { recursive: true, withFileTypes: true });
  const folders = entries.flatMap((entry) =>
    entry.isFile() && entry.parentPath !== src ? [entry.parentPath.slice(src.length + 1)] : [],
  );
  expect(readRooms().map(({ folder }) => folder)).toEqual(expect.arrayContaining([...new Set(folders)]));
  expect(new Set(folders).size).toBe(readRooms().length);
});

it("goes from the ground floor up: a folder may import only those above it in the table", () => {
  const seen = new Set<string>();
  const wrong = readRooms().flatMap(({ folder, may }) => {
    const unknown = may.filter((name) => !seen.has(name));
    seen.add(folder);
    return unknown.map((name) => `${folder} -> ${name}`);
  });
  expect(wrong).toEqual([]);
});
