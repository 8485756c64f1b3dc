import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { sections } from "../../../src/compose/keys/sections.js";
import { composePage, renderComposePage } from "../../docs/compose-page.js";

it("is committed as `npm run docs` writes it", () => {
  expect(readFileSync(composePage, "utf8")).toBe(renderComposePage());
});

it("says of every key that is not supported why, or that it is planned", () => {
  const silent = sections.flatMap(({ path, table }) =>
    Object.entries(table).flatMap(([key, entry]) => {
      const explained = entry.support === "supported" || entry.support === "planned" || (entry.hint ?? "") !== "";
      return explained ? [] : [`${path}.${key}`];
    }),
  );
  expect(silent).toEqual([]);
});

it("has notes that fit a table", () => {
  const notes = sections
    .flatMap(({ table }) => Object.values(table))
    .map((entry) => ("note" in entry ? entry.note : entry.support !== "supported" ? entry.hint : ""));
  expect(notes.filter((note) => note !== undefined && /\||\n/.test(note))).toEqual([]);
});
