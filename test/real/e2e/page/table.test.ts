import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { many } from "../../../unit/http/many.js";
import { servePage } from "../../../unit/http/page/served.js";
import { fakeSurface, statusOf } from "../../../unit/http/surface.js";
import { openBrowser, visit } from "../scene/browser.js";

const windows: { browser?: Browser } = {};
beforeAll(async () => {
  windows.browser = await openBrowser();
});
afterAll(() => windows.browser?.close());

describe("500 services", () => {
  test("are filtered and sorted without a question and without a pause", async () => {
    const state = { services: many(500) };
    const served = await servePage({ surface: { ...fakeSurface(), services: () => state.services } });
    const one = await visit(windows.browser!);
    const { page } = one;
    await page.goto(served.url);
    await page.locator("#live", { hasText: "Live" }).waitFor();
    const asked = one.requests.length;
    const shown = page.locator("#services tbody tr[id]:visible");
    expect(await shown.count()).toBe(500);
    await page.keyboard.press("/");
    const tookMs = Number(
      await page.evaluate(`(() => {
        const field = document.getElementById("q");
        const began = performance.now();
        for (const text of ["s", "se", "service-1", "service-12", "service-123"]) {
          field.value = text;
          field.dispatchEvent(new Event("input"));
          document.body.offsetHeight;
        }
        return (performance.now() - began) / 5;
      })()`),
    );
    console.log(`one key in the filter of 500 services: ${tookMs.toFixed(1)} ms`);
    expect(await shown.allTextContents()).toHaveLength(1);
    await page.waitForURL(/q=service-123/);
    await page.locator("#q").fill("project-03/ app-3");
    expect(await page.locator("#shown").textContent()).toMatch(/^\d+ of 500 services$/);
    await page.locator("#q").fill("");
    await page.locator(".chip", { hasText: "Needs attention" }).click();
    expect(await shown.count()).toBe(10);
    await page.locator(".chip", { hasText: "Needs attention" }).click();
    await page.getByRole("link", { name: "Age", exact: true }).click();
    await page.getByRole("link", { name: "Age", exact: true }).click();
    expect(await shown.first().getAttribute("id")).toBe("s:project-19/service-499");
    expect(await page.locator("th[aria-sort=descending]").textContent()).toContain("Age");

    state.services = state.services.map((status, index) =>
      index === 499 ? { ...status, sync: "Paused" as const } : status,
    );
    await shown.first().locator(".badge", { hasText: "Paused" }).waitFor();
    expect(one.requests.slice(asked).filter((url) => !url.includes("/page/"))).toEqual([]);
    state.services = [...state.services, { ...statusOf("zoo/new", "acme/new:1"), createdAt: new Date().toISOString() }];
    await page.locator('[id="s:zoo/new"]').waitFor();
    expect(await shown.first().getAttribute("id"), "sorted as before").toBe("s:project-19/service-499");
    expect(one.troubles).toEqual([]);
    await one.close();
  });
});

const looks = [
  { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { colorScheme: "light", viewport: { width: 360, height: 740 } },
] as const;

test.each(looks)("a screen reader and a keyboard find their way in each view: %j", async (look) => {
  const [held, ...others] = many(4) as [ServiceStatus, ...ServiceStatus[]];
  const services: readonly ServiceStatus[] = [
    { ...held, sync: "Held", health: "Degraded" },
    { ...statusOf("shop/web", "acme/web:1"), sync: "Pinned", pinned: { revision: 1, digest: "sha256:a" } },
    { ...statusOf("shop/off", "acme/off:1"), sync: "Stopped", health: "Missing" },
    ...others,
  ];
  const surface = {
    ...fakeSurface({
      problems: [{ file: "services.yaml", line: 3, column: 5, path: "services.x", message: "unknown key" }],
    }),
    services: () => services,
    service: (key: string) => services.find(({ project, service }) => `${project}/${service}` === key),
  };
  const served = await servePage({ surface });
  const one = await visit(windows.browser!, look);
  for (const path of [
    "/",
    "/waiting",
    "/sources",
    "/activity",
    "/notifications",
    "/services/shop/web",
    "/services/shop/web/stop",
    "/services/shop/web/logs",
    "/services/shop/none",
  ]) {
    await one.page.goto(served.url + path);
    await one.check();
    const width = await one.page.evaluate("document.documentElement.scrollWidth");
    expect([path, Number(width) <= look.viewport.width], "nothing sticks out at the side").toEqual([path, true]);
  }
  await one.page.goto(`${served.url}/services/shop/web`);
  await one.page.keyboard.press("Tab");
  expect(await one.page.evaluate("document.activeElement.textContent")).toBe("To the content");
  await one.page.getByRole("link", { name: "Resume" }).focus();
  await one.page.keyboard.press("Enter");
  await one.page.locator("dialog[open]").waitFor();
  await one.check();
  await one.page.keyboard.press("Escape");
  expect(await one.page.evaluate("document.activeElement.textContent"), "the focus is back").toBe("Resume");
  await one.close();
});
