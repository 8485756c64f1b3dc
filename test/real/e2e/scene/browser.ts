import axe from "axe-core";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect } from "vitest";
import { ensurePackages } from "../../../sandbox/host/packages.js";
import { patienceMs } from "../../../sandbox/host/patience.js";

/** Nothing of it asks the internet for anything. */
const args = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

export interface Visit {
  readonly page: Page;
  /** Everything that it has asked for. */
  readonly requests: readonly string[];
  /** What went wrong in it, as its console tells. */
  readonly troubles: readonly string[];
  /** Throws what a screen reader or a keyboard would stumble over. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Debian's Chromium. */
export async function openBrowser(): Promise<Browser> {
  await ensurePackages(["chromium"]);
  return chromium.launch({ executablePath: "/usr/bin/chromium", args });
}

/** A window of somebody who was never here. */
export async function visit(browser: Browser, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Visit> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const [requests, troubles]: [string[], string[]] = [[], []];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(message.text());
  });
  return { page, requests, troubles, check: () => checkAccess(page, context), close: () => context.close() };
}

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** In a world of its own: the page's policy lets in no script but its own. */
async function checkAccess(page: Page, context: BrowserContext): Promise<void> {
  const session = await context.newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", {
    frameId: frameTree.frame.id,
  });
  await session.send("Runtime.evaluate", { contextId, expression: axe.source });
  const { result } = await session.send("Runtime.evaluate", {
    contextId,
    expression:
      "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => JSON.stringify(violations))",
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  const violations = JSON.parse(String(result.value)) as Violation[];
  const told = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map((node) => `${node.html}\n${node.failureSummary ?? ""}`).join("\n")}`,
  );
  expect(told).toEqual([]);
}
