import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { httpPage, renderHttpPage } from "../../docs/http-page.js";

test("docs/http.md has the routes as they are declared: `npm run docs` writes them", () => {
  expect(readFileSync(httpPage, "utf8")).toBe(renderHttpPage());
});
