import { describe, expect, test } from "vitest";
import type { ServiceKey } from "../../../../src/compose/model/service.js";
import { FairleadError } from "../../../../src/errors.js";
import type { Notifications } from "../../../../src/notify/model/standing.js";
import { fakeSurface, statusOf } from "../surface.js";
import { cookieOf, guarded, servePage } from "./served.js";

const hostile = `<script>alert("1")</script><img src=x onerror='alert(2)'>&\u202e\n\u001b[31m`;
const nav = ["/", "/waiting", "/sources", "/activity", "/notifications", "/services/shop/web"];

describe("every page", () => {
  test.each(nav)("%s loads nothing from elsewhere, and runs no script but our own file", async (path) => {
    const page = await servePage();
    const { headers, text, status } = await page.send(path);
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    );
    expect(text).not.toMatch(/(?:src|href|action)="(?:https?:)?\/\//);
    expect(text).not.toMatch(/<style|style="|<script(?! src="\/page\/)| on\w+=/);
    expect(text.match(/<h1/g)).toHaveLength(1);
    expect(text).toMatch(/<title>[^<]+ · Fairlead<\/title>/);
  });

  test("shows what others have written as text", async () => {
    const key = `shop/${hostile}` as ServiceKey;
    const status = statusOf(key, hostile);
    const conditions = status.conditions.map((one) => ({ ...one, message: hostile }));
    const surface = {
      ...fakeSurface({ problems: [{ file: hostile, path: hostile, message: hostile, hint: hostile }] }),
      services: () => [{ ...status, conditions }],
      service: () => ({ ...status, conditions }),
    };
    const page = await servePage({ surface });
    for (const path of [...nav, `/services/shop/${encodeURIComponent(hostile)}/pause`]) {
      const { text } = await page.send(path);
      expect([path, text.includes("<script>alert"), text.includes("<img src=x")]).toEqual([path, false, false]);
      expect([path, /[\u202e\u001b]/.test(text)]).toEqual([path, false]);
    }
    expect((await page.send("/")).text).toContain("&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;");
  });

  test("is packed where that is taken", async () => {
    const page = await servePage();
    const packed = await page.send("/", { headers: { "accept-encoding": "gzip" } });
    const plain = await page.send("/", { headers: { "accept-encoding": "identity" } });
    expect([packed.headers.get("content-encoding"), plain.headers.get("content-encoding")]).toEqual(["gzip", null]);
    expect(packed.text).toBe(plain.text);
  });
});

describe("the first load", () => {
  test("is under 60 kB, not packed, with its script and its style", async () => {
    const page = await servePage();
    const { text } = await page.send("/", { headers: { "accept-encoding": "identity" } });
    const files = [...text.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(new Set(files).size).toBe(3);
    const sizes = await Promise.all(
      [...new Set(files)].map(async (path) => {
        const answer = await page.send(path, { headers: { "accept-encoding": "identity" } });
        expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
        return Buffer.byteLength(answer.text);
      }),
    );
    expect(Buffer.byteLength(text) + sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000);
  });

  test("of 500 services is under 60 kB too, packed", async () => {
    const images = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`p${index % 20}/s${index}`, `acme/app-${index}:1`]),
    );
    const page = await servePage({ surface: fakeSurface({ images }) });
    const answer = await fetch(page.url, { headers: { "accept-encoding": "gzip" } });
    await answer.text();
    expect(Number(answer.headers.get("content-length"))).toBeLessThan(40_000);
  });
});

describe("the table", () => {
  const surface = () => {
    const fake = fakeSurface();
    const services = [
      { ...statusOf("shop/web", "acme/web:1"), health: "Degraded" as const },
      { ...statusOf("blog/app", "acme/app:1"), sync: "Held" as const },
      statusOf("blog/db", "postgres:17"),
      { ...statusOf("shop/old", "acme/old:1"), sync: "Stopped" as const, health: "Missing" as const },
    ];
    return { ...fake, services: () => services };
  };
  const shown = (text: string) => [...text.matchAll(/<tr role="row" id="s:([^"]+)"/g)].map(([, name]) => name);

  test("has both badges, the image, the digest, the age and a sentence of each", async () => {
    const page = await servePage({ surface: surface() });
    const { text } = await page.send("/");
    const row = /<tr[^>]*id="s:shop\/web".*/.exec(text)?.[0] ?? "";
    expect(row).toContain('<span class="badge good"><span class="unseen">sync: </span>Synced</span>');
    expect(row).toContain('<span class="badge bad"><span class="unseen">health: </span>Degraded</span>');
    expect(row).toContain("acme/web<b>:1</b>");
    expect(row).toContain(">aaaaaaaaaaaa</code>");
    expect(row).toContain('<span class="reason">Converged</span> as declared');
  });

  test("is filtered, by state too, and sorted, without a script", async () => {
    const page = await servePage({ surface: surface() });
    const of = async (query: string) => shown((await page.send(`/?${query}`)).text);
    expect(await of("")).toEqual(["shop/web", "blog/app", "blog/db", "shop/old"]);
    expect(await of("q=BLOG")).toEqual(["blog/app", "blog/db"]);
    expect(await of("q=acme+held")).toEqual(["blog/app"]);
    expect(await of("state=attention")).toEqual(["shop/web", "blog/app"]);
    expect(await of("state=off")).toEqual(["shop/old"]);
    expect(await of("sort=image")).toEqual(["blog/app", "shop/old", "shop/web", "blog/db"]);
    expect(await of("sort=-image")).toEqual(["blog/db", "shop/web", "shop/old", "blog/app"]);
    expect(await of("sort=nonsense&state=nonsense")).toEqual([]);
  });
});

describe("an order", () => {
  const verbs: readonly (readonly [verb: string, fields: Readonly<Record<string, string>>, asked: string])[] = [
    ["pause", {}, "pause shop/web"],
    ["resume", {}, "resume shop/web"],
    ["stop", { for: "2h" }, "stop shop/web 7200000"],
    ["stop", {}, "stop shop/web"],
    ["start", {}, "start shop/web"],
    ["rollback", { to: "2" }, "rollback shop/web 2"],
    ["approve", { digest: "sha256:cc" }, "approve shop/web sha256:cc"],
  ];

  test.each(verbs)(
    "%s %j is shown with its plan, asked for, and given with its reason",
    async (verb, fields, asked) => {
      const page = await servePage();
      const query = new URLSearchParams(fields).toString();
      const { text } = await page.send(`/services/shop/web/${verb}?${query}`);
      expect(text).toContain(`<form class="confirm" id="confirm" method="post" action="/services/shop/web/${verb}"`);
      expect(text).toContain(`shop/web as if {&#34;verb&#34;:&#34;${verb}&#34;`);
      expect(text).toContain("pull &#60;it&#62;");
      expect(page.surface.released).toEqual([]);
      const done = await page.submit(`/services/shop/web/${verb}`, { ...fields, reason: " the vendor\nis down " });
      expect(done.status).toBe(303);
      expect(page.surface.released).toEqual([asked]);
      expect(page.surface.reasons).toEqual([`${verb} shop/web: the vendor is down`]);
      const location = done.headers.get("location") ?? "";
      expect(location).toMatch(/^\/services\/shop\/web\?done=/);
      expect((await page.send(location)).text).toContain('<p class="flash" role="status">');
    },
  );

  test("reconcile, retry, adopt and build are given too", async () => {
    const page = await servePage({ surface: fakeSurface({ builds: ["shop/web"] }) });
    for (const verb of ["reconcile", "retry", "adopt", "build"])
      expect([verb, (await page.submit(`/services/shop/web/${verb}`, { reason: "why" })).status]).toEqual([verb, 303]);
    const { insisted, retried, adopted, rebuilt, reasons } = page.surface;
    expect([insisted.length, retried.length, adopted.length, rebuilt.length]).toEqual([1, 1, 1, 1]);
    expect(reasons).toEqual(["reconcile shop/web: why", "retry shop/web: why", "adopt shop/web: why"]);
  });

  test("that changes nothing says why, and one that may be forgotten says so", async () => {
    const page = await servePage();
    page.surface.durable = false;
    const location = (await page.submit("/services/shop/web/retry", {})).headers.get("location") ?? "";
    expect((await page.send(location)).text).toContain(
      "It is left as it is: nothing of it was held. A restart of the controller forgets it",
    );
  });

  test("that is refused is asked for again, with what was written", async () => {
    const surface = {
      ...fakeSurface(),
      rollback: () =>
        Promise.reject(
          new FairleadError("RevisionUnknown", "no revision has the number 9", { remedy: "look", retry: "never" }),
        ),
    };
    const page = await servePage({ surface });
    const answer = await page.submit("/services/shop/web/rollback", { to: "9", reason: "so" });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain("no revision has the number 9: look");
    expect(answer.text).toContain('name="reason" value="so"');
    const wrong = await page.submit("/services/shop/web/stop", { for: "soon" });
    expect([wrong.status, wrong.text.includes('role="alert"')]).toEqual([409, true]);
    expect((await page.submit("/services/shop/web/pause", { reason: "x".repeat(301) })).status).toBe(409);
  });

  test.each([
    [{ origin: "http://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ "sec-fetch-site": "same-site" }, 401],
    [{ "sec-fetch-site": "cross-site" }, 401],
    [{ "content-type": "application/json" }, 415],
    [{ "content-type": "text/plain" }, 415],
  ])("from a page with %j is refused: %i", async (headers, status) => {
    const page = await servePage(guarded);
    const cookie = await cookieOf(page);
    expect((await page.submit("/services/shop/web/pause", {}, { ...cookie, ...headers })).status).toBe(status);
    expect(page.surface.released).toEqual([]);
  });

  test("that does not exist, or of no service, is not found", async () => {
    const page = await servePage();
    for (const path of ["/services/shop/web/explode", "/services/shop/web/constructor", "/services/shop/none/pause"])
      expect([path, (await page.send(path)).status]).toEqual([path, 404]);
  });
});

test("who is told can be sent a sample, and the page says what came of it", async () => {
  const answers = { team: { outcome: "delivered" }, ops: { outcome: "later", why: "it answers <503>" } } as const;
  const notifications: Notifications = {
    standing: () => ({ durable: true, channels: [{ name: "team", waiting: 0, dropped: 0 }] }),
    test: (name) =>
      Promise.resolve(
        name in answers ? { kind: "held", text: "a test", answer: answers[name as keyof typeof answers] } : undefined,
      ),
  };
  const page = await servePage({ notifications });
  expect((await page.send("/notifications")).text).toContain('action="/notifications/team/test"');
  const told = async (name: string) => {
    const { headers } = await page.submit(`/notifications/${name}/test`, {});
    return (await page.send(headers.get("location") ?? "")).text;
  };
  expect(await told("team")).toContain("team has been told a sample.");
  expect(await told("ops")).toContain("ops was not told: it answers &#60;503&#62;.");
  expect((await page.submit("/notifications/nobody/test", {})).status).toBe(404);
});

test("a browser is told what went wrong by a page, a program in JSON", async () => {
  const page = await servePage();
  const people = await page.send("/services/shop/none", { headers: { accept: "text/html,*/*;q=0.8" } });
  expect([people.status, people.text.includes("<h1>404</h1>")]).toEqual([404, true]);
  const program = await page.send("/services/shop/none");
  expect([program.status, program.json["error"]]).toEqual([404, "there is no such service"]);
});
