import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { load } from "js-yaml";
import { senders } from "../../../../src/notify/senders/table.js";

const page = readFileSync(new URL("../../../../docs/senders.md", import.meta.url), "utf8");
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")).trim(), section]),
);

describe("the page on senders", () => {
  it("has a section for each type, in the table's order", () => {
    expect([...sections.keys()]).toEqual(senders.map(({ type }) => type));
  });

  it.each(senders.map(({ type, fields }) => [type, fields] as const))("names each key of %s", (type, fields) => {
    const section = sections.get(type) ?? "";
    for (const key of Object.keys(fields)) expect(section).toMatch(new RegExp(`\\b${key}\\b`));
  });

  it.each(senders.map(({ type, fields }) => [type, fields] as const))(
    "shows settings of %s that are taken",
    (type, fields) => {
      const [, example = ""] = /```yaml\n([^]*?)```/.exec(sections.get(type) ?? "") ?? [];
      const { type: written, ...settings } = z.record(z.string(), z.unknown()).parse(load(example));
      expect(written).toBe(type);
      expect(z.strictObject(fields).safeParse(settings).error).toBeUndefined();
    },
  );
});
