import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apiSchema, renderApiSchema } from "../../docs/api-schema.js";

test("the client's types are those of the OpenAPI document: `npm run docs` writes them", async () => {
  expect(readFileSync(apiSchema, "utf8")).toBe(await renderApiSchema());
});
