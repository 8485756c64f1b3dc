import { writeFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";
import { openBrowser, visit } from "../scene/browser.js";
import { test, type Scene } from "../scene/scene.js";

const windows: { browser?: Browser } = {};
beforeAll(async () => {
  windows.browser = await openBrowser();
});
afterAll(() => windows.browser?.close());

const token = "the-token-of-the-admin-address";
const readToken = "the-token-of-whoever-may-look";

async function startGuarded(scene: Scene): Promise<void> {
  const file = `${scene.directory}/read-token`;
  await writeFile(file, `${readToken}\n`, { mode: 0o600 });
  await scene.start({ args: ["--admin-read-token-file", file], env: { FAIRLEAD_ADMIN_TOKEN: token } });
}

describe("signing in", () => {
  test("by the right token alone, until signing out; over a restart of the controller", async ({ scene, expect }) => {
    await scene.push();
    await scene.write({ web: {} });
    await startGuarded(scene);
    const one = await visit(windows.browser!);
    const { page } = one;
    const place = `${scene.fairlead.adminUrl}/services/${scene.project}/web`;
    await page.goto(place);
    await one.check();
    await page.locator("input[type=password]").fill("a guess");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("That is not the token.").waitFor();
    await page.locator("input[type=password]").fill(token);
    await page.keyboard.press("Enter");
    await page.locator("#head .badge", { hasText: "Healthy" }).waitFor();
    expect(page.url(), "where it was to go").toBe(place);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
    expect(cookie!.value).not.toContain(token);
    await page.locator("#live", { hasText: "Live" }).waitFor();
    await page.evaluate("window.here = true");

    const { port } = new URL(scene.fairlead.adminUrl);
    await scene.start({
      args: ["--admin-read-token-file", `${scene.directory}/read-token`],
      env: { FAIRLEAD_ADMIN_TOKEN: token, FAIRLEAD_ADMIN_LISTEN: `127.0.0.1:${port}` },
    });
    await page.locator("#live.live:not(.away)", { hasText: "Live" }).waitFor();
    expect(await page.evaluate("window.here"), "it goes on where it was").toBe(true);
    const second = await scene.push();
    await scene.hook();
    await page
      .locator("#history code", { hasText: second.digest.slice(7, 19) })
      .first()
      .waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.locator("input[type=password]").waitFor();
    await page.context().addCookies([cookie!]);
    await page.goto(place);
    expect(await page.locator("input[type=password]").count(), "the old cookie opens nothing").toBe(1);
    expect(await scene.journal()).not.toContain(token);
    await one.close();
  });

  test("to look only: every button is there, and none can be pressed", async ({ scene, expect }) => {
    await scene.push();
    await scene.write({ web: {} });
    await startGuarded(scene);
    const one = await visit(windows.browser!, { colorScheme: "dark", viewport: { width: 390, height: 800 } });
    const { page } = one;
    const place = `${scene.fairlead.adminUrl}/services/${scene.project}/web`;
    await page.goto(place);
    await page.locator("input[type=password]").fill(readToken);
    await page.keyboard.press("Enter");
    await page.locator("#head .badge", { hasText: "Healthy" }).waitFor();
    await one.check();
    const buttons = page.locator("#orders .order");
    expect(await buttons.count()).toBeGreaterThan(2);
    for (const button of await buttons.all()) expect(await button.isDisabled()).toBe(true);
    const answer = await page.evaluate(
      `fetch("/services/${scene.project}/web/pause", { method: "POST", body: new URLSearchParams() }).then(({ status }) => status)`,
    );
    expect(answer).toBe(403);
    const told = await fetch(`${scene.fairlead.adminUrl}/api/v1/services/${scene.project}/web/pause`, {
      method: "POST",
      headers: { authorization: `Bearer ${readToken}` },
    });
    expect([told.status, await told.json()]).toEqual([
      403,
      { error: "this token may look, and change nothing", remedy: "use the admin token for that" },
    ]);
    await one.close();
  });
});
