import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderWebhooksPage, webhooksPage } from "../../docs/webhooks-page.js";

it("docs/webhooks.md has every sender as the program sets it up", () => {
  expect(readFileSync(webhooksPage, "utf8")).toBe(renderWebhooksPage());
});
