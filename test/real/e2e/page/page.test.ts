import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";
import { openBrowser, visit, type Visit } from "../scene/browser.js";
import { order, quick, test, type Scene } from "../scene/scene.js";

const windows: { browser?: Browser } = {};
beforeAll(async () => {
  windows.browser = await openBrowser();
});
afterAll(() => windows.browser?.close());

const come = (options?: Parameters<typeof visit>[1]): Promise<Visit> => visit(windows.browser!, options);
const pageOf = ({ fairlead, project }: Scene, path = "") => `${fairlead.adminUrl}/services/${project}/web${path}`;

/** By the buttons of a service's page, with a reason; answers what the page says of it. */
async function orders({ page }: Visit, label: string | RegExp, reason: string): Promise<string> {
  await page.locator("a.order", { hasText: label }).first().click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByLabel("Why").fill(reason);
  await dialog.locator("button.order").click();
  return (await page.locator(".flash").textContent()) ?? "";
}

describe("the page", () => {
  test("a rollout is followed as it goes, without a reload and without a word to anybody else", async ({
    scene,
    expect,
  }) => {
    const first = await scene.push();
    await scene.write({ web: order("start-first", { monitor: "4s" }) });
    await scene.start();
    await scene.untilServing(first.digest);
    const [table, service] = [await come(), await come()];
    await table.page.goto(scene.fairlead.adminUrl);
    await service.page.goto(pageOf(scene));
    for (const { page } of [table, service]) {
      await page.locator("#live", { hasText: "Live" }).waitFor();
      await page.evaluate("window.here = true");
    }
    const row = table.page.locator(`[id="s:${scene.project}/web"]`);
    await row.locator(".badge", { hasText: "Synced" }).waitFor();
    expect(await row.textContent()).toContain(first.digest.slice(7, 19));
    const loaded = table.requests.length;

    const second = await scene.push({ healthcheck: quick });
    await scene.hook();
    await service.page.locator("#rollout .steps .running, #rollout .steps .done").first().waitFor();
    await service.page.locator("#rollout .health time").first().waitFor();
    expect(await service.page.locator("#rollout .health time").first().textContent()).toMatch(/^\d+s$/);
    await row.locator(".badge", { hasText: "OutOfSync" }).waitFor();
    await service.check();
    await row.locator("code", { hasText: second.digest.slice(7, 19) }).waitFor();
    await row.locator(".badge", { hasText: "Synced" }).waitFor();
    await service.page.locator("#rollout .badge", { hasText: "promoted" }).waitFor();
    await service.page
      .locator("#history li", { hasText: "Revision 2" })
      .locator(".badge", { hasText: "serves" })
      .waitFor();
    await service.page.locator("#events", { hasText: "Promoted" }).waitFor();
    await service.page.locator("#last-change ins", { hasText: second.digest.slice(7, 19) }).waitFor();

    for (const { page, requests, troubles } of [table, service]) {
      expect(await page.evaluate("window.here"), "nothing was loaded again").toBe(true);
      expect(requests.filter((url) => !url.startsWith(scene.fairlead.adminUrl))).toEqual([]);
      expect(troubles).toEqual([]);
    }
    expect(table.requests.slice(loaded), "what it is told it need not ask for").toEqual([]);
    const data = table.requests.filter((url) => !url.includes("/page/"));
    expect(data.map((url) => new URL(url).pathname)).toEqual(["/", "/live"]);
    await Promise.all([table.close(), service.close()]);
  });

  test("each button says what will happen, and does it, with its reason in the journal", async ({ scene, expect }) => {
    const first = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(first.digest);
    const one = await come();
    const { page } = one;
    await page.goto(pageOf(scene));

    expect(await orders(one, "Reconcile", "to see")).toBe("It is looked at now.");
    expect(await orders(one, "Pause", "vendor <b>outage</b>")).toContain("No rollout begins");
    await page.locator("#head .badge", { hasText: "Paused" }).waitFor();
    await page.locator("#events", { hasText: "a person has paused its rollouts: vendor <b>outage</b>" }).waitFor();
    const second = await scene.push();
    await scene.hook();
    await scene.untilStatus(({ desiredDigest }) => desiredDigest === second.digest);
    await page.locator("a.order", { hasText: "Resume" }).click();
    const plan = page.locator("dialog[open] .plan");
    expect(await plan.textContent(), "as it would be without the pause").toMatch(/create .*-web-1\.next/);
    await page.locator("dialog[open] [data-close]").click();
    expect(await orders(one, "Resume", "all well")).toContain("It follows its file and its tag again.");
    await scene.untilServing(second.digest);

    await page.locator("#history .order", { hasText: "Roll back to this" }).first().waitFor();
    await page.locator("#history .order").first().click();
    expect(await page.locator("dialog[open] .plan").textContent()).toContain("-web-1");
    await page.keyboard.press("Escape");
    expect(await orders(one, "Roll back to this", "the cart is broken")).toContain("It goes back to revision 1");
    await scene.untilStatus(({ sync, activeDigest }) => sync === "Pinned" && activeDigest === first.digest);
    await page.locator("#head .badge", { hasText: "Pinned" }).waitFor();
    await orders(one, "Resume", "mended");
    await scene.untilServing(second.digest);

    expect(await orders(one, "Stop", "a backup")).toContain("It is off until it is started.");
    await scene.untilStatus(({ sync }) => sync === "Stopped");
    await orders(one, "Start", "done");
    await scene.untilServing(second.digest);

    await scene.push({ behaviour: "exit-at-once" });
    await scene.hook();
    await scene.untilStatus(({ sync, lastRollout }) => sync === "Held" && lastRollout?.finishedAt !== undefined);
    await page.goto(`${scene.fairlead.adminUrl}/waiting`);
    await page.locator("#holds a.order", { hasText: "Retry" }).waitFor();
    await one.check();
    await page.goto(pageOf(scene));
    await page.locator("#failure pre", { hasText: "fatal" }).waitFor();
    expect(await orders(one, "Retry", "again")).toContain("It is tried again.");
    await scene.until("a second try", async () => (await scene.journal()).split('"type":"hold"').length > 2);

    const journal = await scene.journal();
    for (const why of ["to see", "vendor <b>outage</b>", "all well", "the cart is broken", "a backup", "done", "again"])
      expect(journal).toContain(`"why":${JSON.stringify(why)}`);
    expect(one.troubles).toEqual([]);
    await one.close();
  });

  test("what waits is approved, and what others run is adopted", async ({ scene, expect }) => {
    const first = await scene.push();
    const name = `${scene.project}-web-1`;
    await scene.docker.pull(`${scene.image()}:latest`).then(
      (stream: NodeJS.ReadableStream) =>
        new Promise((resolve, reject) => {
          stream.resume().once("end", resolve).once("error", reject);
        }),
    );
    const other = await scene.docker.createContainer({ name, Image: `${scene.image()}:latest` });
    await other.start();
    await scene.write({ web: { container_name: name, "x-fairlead": { approve: true } } });
    await scene.start();
    await scene.untilStatus(({ conditions }) => conditions.some(({ reason }) => reason === "NameConflict"));
    const one = await come();
    await one.page.goto(pageOf(scene));
    expect(await orders(one, "Adopt", "ours now")).toContain(`Adopted: ${name}.`);
    await scene.untilStatus(({ activeDigest }) => activeDigest === first.digest);
    await scene.untilStatus(({ conditions }) => conditions.some(({ reason }) => reason === "WaitingForApproval"));
    await one.page.goto(`${scene.fairlead.adminUrl}/waiting`);
    await one.page.locator("#approvals a.order", { hasText: "Approve" }).waitFor();
    await one.check();
    expect(await orders(one, "Approve", "looked at")).toContain("It may go ahead.");
    await scene.untilServing(first.digest);
    expect(await scene.journal()).toContain('"why":"looked at"');
    await one.close();
  });

  test("hostile words are words: of an image, of a log, of a file", async ({ scene, expect }) => {
    const nasty = "<script>window.hurt=1</script><img src=x onerror=window.hurt=2>";
    const { digest } = await scene.push({ version: nasty });
    await scene.write({ web: { labels: { nasty }, environment: { NASTY: nasty } } });
    await scene.start();
    await scene.untilServing(digest);
    const one = await come();
    const { page } = one;
    await page.goto(`${scene.fairlead.adminUrl}/services/${scene.project}/web/logs`);
    await page.locator("pre.log", { hasText: `sample ${nasty}: listening on 8080` }).waitFor();
    await page.goto(pageOf(scene));
    await page.locator("#logs button", { hasText: "Follow" }).click();
    await page.locator("pre.log", { hasText: `sample ${nasty}: listening on 8080` }).waitFor();
    await scene.docker.getContainer(`${scene.project}-web-1`).restart();
    await scene.until("its lines after the restart", async () => {
      const said = (await page.locator("pre.log").textContent()) ?? "";
      return said.split("listening on 8080").length > 2;
    });
    await scene.writeText(`services:\n  web:\n    "${nasty.replaceAll('"', "")}": 1\n`);
    await page.goto(`${scene.fairlead.adminUrl}/sources`);
    await page.locator("#problems", { hasText: "<script>window.hurt=1</script>" }).waitFor();
    expect(await page.locator("#problems code").first().textContent()).toMatch(/services\.yaml:\d+:\d+$/);
    await one.check();
    expect(await page.evaluate("window.hurt")).toBeUndefined();
    expect(one.troubles).toEqual([]);
    await one.close();
  });

  test("works without a script", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {}, "other-one": {} });
    await scene.push({ name: "other-one" });
    await scene.start();
    await scene.untilServing(digest);
    const one = await come({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
    const { page } = one;
    await page.goto(scene.fairlead.adminUrl);
    await page.getByRole("searchbox").fill("other");
    await page.getByRole("button", { name: "Filter" }).click();
    expect(await page.locator("#services tbody tr[id]:visible").count()).toBe(1);
    await page.goto(pageOf(scene));
    await page.getByRole("link", { name: "Pause" }).click();
    await page.getByLabel("Why").fill("by hand");
    await page.getByRole("button", { name: "Pause" }).click();
    expect(await page.locator(".flash").textContent()).toContain("No rollout begins");
    await scene.untilStatus(({ sync }) => sync === "Paused");
    await page.goto(pageOf(scene, "/logs"));
    expect(await page.locator("pre.log").textContent()).toContain("listening on 8080");
    await one.close();
  });
});
