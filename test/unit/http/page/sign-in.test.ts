import { describe, expect, test } from "vitest";
import { Readable } from "node:stream";
import { fakeSurface } from "../surface.js";
import { ask, cookieOf, guarded, readToken, servePage, token } from "./served.js";

describe("where a token is set", () => {
  test("the page asks for it by a form", async () => {
    const page = await servePage(guarded);
    const answer = await page.send("/");
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.text).toMatch(/<form method="post" action="\/sign-in"/);
    expect(answer.text).toMatch(/<input type="password" id="token" name="token"/);
    expect(answer.text).not.toContain("shop");
  });

  test("the right one leads to the page, by a cookie that is not the token", async () => {
    const page = await servePage(guarded);
    const answer = await page.submit("/sign-in", { token, next: "/waiting?x=1" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/waiting?x=1"]);
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(
      new RegExp(`^fairlead_session_${page.port}=[\\w-]{43}; Max-Age=604800; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(cookie).not.toContain(token);
    const { text, status } = await page.send("/", { headers: { cookie: cookie.split(";")[0] ?? "" } });
    expect([status, text.includes("Sign out")]).toEqual([200, true]);
    expect(page.log.lines.map((line) => JSON.stringify(line)).join("")).not.toContain(token);
  });

  test("over TLS, which a proxy ends, the cookie is for TLS alone", async () => {
    const page = await servePage(guarded);
    const answer = await page.submit("/sign-in", { token }, { origin: `https://127.0.0.1:${page.port}` });
    expect(answer.headers.get("set-cookie")).toMatch(/; Secure$/);
  });

  test.each(["wrong", "", `${token}x`])("%j is none", async (wrong) => {
    const page = await servePage(guarded);
    const answer = await page.submit("/sign-in", { token: wrong });
    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([401, null]);
    expect(answer.text).toContain("That is not the token.");
  });

  test("whoever guesses is slowed down", async () => {
    const page = await servePage({ ...guarded, failuresPerMinute: 2 });
    const guess = async () => (await page.submit("/sign-in", { token: "guess" })).status;
    expect([await guess(), await guess(), await guess()]).toEqual([401, 401, 429]);
    expect((await page.submit("/sign-in", { token })).status, "the right one is never limited").toBe(303);
  });

  test.each(["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "not a place"])(
    "it leads nowhere else: %s",
    async (next) => {
      const page = await servePage(guarded);
      const location = (await page.submit("/sign-in", { token, next })).headers.get("location") ?? "";
      expect(new URL(location, page.url).origin).toBe(page.url);
    },
  );

  test("a form of another site signs nobody in or out", async () => {
    const page = await servePage(guarded);
    const { cookie } = await cookieOf(page);
    for (const headers of [{ origin: "http://evil.example" }, { origin: "null" }, { "sec-fetch-site": "same-site" }]) {
      const sent = { cookie, ...headers };
      expect((await page.submit("/sign-in", { token }, sent)).status).toBe(403);
      expect((await page.submit("/sign-out", {}, sent)).status).toBe(403);
    }
    expect((await page.send("/", { headers: { cookie } })).status).toBe(200);
  });

  test("a session opens the API too, and its streams end with it", async () => {
    const page = await servePage({
      ...guarded,
      surface: fakeSurface({ events: () => new Readable({ read: () => undefined }) }),
    });
    const headers = await cookieOf(page);
    expect((await page.send("/api/v1/services", { headers })).status).toBe(200);
    const stream = await fetch(`${page.url}/api/v1/events`, { headers });
    const reading = stream.text().then(
      () => "ended",
      () => "cut",
    );
    const out = await page.submit("/sign-out", {}, headers);
    expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
    expect(await reading).toBe("cut");
    expect((await page.send("/api/v1/services", { headers })).status).toBe(401);
  });

  test("what another page of this host asks for in the background is not asked for by who has signed in", async () => {
    const page = await servePage(guarded);
    const headers = await cookieOf(page);
    const status = async (more: object) => (await ask(page, "/api/v1/services", { ...headers, ...more })).status;
    expect(await status({ "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" })).toBe(401);
    expect(await status({ "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate" })).toBe(200);
    expect(await status({ "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" })).toBe(200);
  });

  test("two cookies of one name are none: a neighbour has planted one of them", async () => {
    const page = await servePage(guarded);
    const { cookie } = await cookieOf(page);
    const planted = `fairlead_session_${page.port}=x`;
    expect((await page.send("/", { headers: { cookie: `${planted}; ${cookie}` } })).status).toBe(401);
    expect((await page.send("/", { headers: { cookie: `other=1; ${cookie}` } })).status).toBe(200);
  });

  test("a link from elsewhere leads on to where it points, once the browser is here", async () => {
    const page = await servePage(guarded);
    const led = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", accept: "text/html" };
    const { text } = await ask(page, "/services/shop/web?x=%3Cy%3E", led);
    expect(text).toContain('<meta http-equiv="refresh" content="0;url=/services/shop/web?x=%3Cy%3E" />');
  });

  test("the header goes on working, and a program is asked in JSON", async () => {
    const page = await servePage(guarded);
    expect((await page.send("/", { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect((await page.send("/api/v1/services")).json).toMatchObject({ error: "the admin token is missing or wrong" });
  });
});

describe("a token that may only look", () => {
  test("sees everything, and acts on nothing", async () => {
    const page = await servePage(guarded);
    const headers = { authorization: `Bearer ${readToken}` };
    for (const path of [
      "/",
      "/metrics",
      "/api/v1/services",
      "/services/shop/web",
      "/api/v1/plan",
      "/services/shop/web/pause",
    ])
      expect([path, (await page.send(path, { headers })).status]).toEqual([path, 200]);
    for (const path of ["/api/v1/services/shop/web/pause", "/api/v1/self-delivery", "/api/v1/notifications/x/test"]) {
      const answer = await page.send(path, { method: "POST", headers });
      expect([path, answer.status, answer.json["remedy"]]).toEqual([path, 403, "use the admin token for that"]);
    }
    expect(page.surface.released).toEqual([]);
  });

  test("signs in to look: the buttons are there, and cannot be pressed", async () => {
    const page = await servePage(guarded);
    const headers = await cookieOf(page, readToken);
    const { text } = await page.send("/services/shop/web", { headers });
    expect(text).toContain("looking only");
    expect(text).toMatch(/<button type="button" class="order "[^>]* disabled[^>]*> *Reconcile *<\/button>/);
    expect(text).not.toContain("data-order");
    expect((await page.submit("/services/shop/web/pause", {}, headers)).status).toBe(403);
    expect(page.surface.released).toEqual([]);
    expect((await page.submit("/sign-out", {}, headers)).status, "but to go").toBe(303);
  });
});

test("without a token there is nothing to sign in to", async () => {
  const page = await servePage();
  expect((await page.submit("/sign-in", { token })).status).toBe(404);
  expect((await page.send("/")).text).not.toContain("Sign out");
});
