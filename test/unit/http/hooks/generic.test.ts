import { describe, expect, test } from "vitest";
import { secret, serveHooks } from "../harness.js";

const bearer = { authorization: `Bearer ${secret}` };

describe("a generic delivery", () => {
  test.each([
    ["an image", { image: "registry.example.com:5000/team/app:v1" }, ["shop/own"]],
    ["an image in Docker's short form", { image: "nginx:1.27" }, ["shop/proxy"]],
    ["an image without a tag, which is latest", { image: "notarock/portfolio-ng" }, ["shop/web", "shop/mirror"]],
    ["an image by digest, whatever its tag", { image: `nginx@sha256:${"0".repeat(64)}` }, ["shop/proxy"]],
    ["a service", { service: "shop/own" }, ["shop/own"]],
    ["a service by its short name", { service: "own" }, ["shop/own"]],
    ["both, each key once", { service: "shop/proxy", image: "nginx:1.27" }, ["shop/proxy"]],
  ])("may name %s", async (_case, body, keys) => {
    const hooks = await serveHooks();
    const answer = await hooks.post("/hooks/generic", body, bearer);
    expect([answer.status, answer.json]).toEqual([202, { enqueued: keys }]);
    expect(hooks.surface.reconciled.map((call) => call.keys)).toEqual([keys]);
    expect(hooks.counted).toEqual(["generic accepted"]);
  });

  test("hands on what was pushed, so that a policy need not ask for all tags", async () => {
    const hooks = await serveHooks();
    await hooks.post("/hooks/generic", { image: "nginx:1.27" }, bearer);
    expect(hooks.surface.reconciled[0]?.pushed).toMatchObject([{ repository: "library/nginx", tag: "1.27" }]);
  });

  test("may carry the secret in the path", async () => {
    const hooks = await serveHooks();
    expect((await hooks.post(`/hooks/generic/${secret}`, { service: "shop/own" })).status).toBe(202);
  });

  test("may come without a Content-Type", async () => {
    const hooks = await serveHooks();
    const answer = await hooks.send(`/hooks/generic/${secret}`, {
      method: "POST",
      body: new Blob([JSON.stringify({ service: "shop/own" })]),
    });
    expect(answer.status).toBe(202);
  });

  test("does not hear its own words back for a service nobody declared", async () => {
    const hooks = await serveHooks();
    const answer = await hooks.post("/hooks/generic", { service: "\u001b[31mshop/none" }, bearer);
    expect([answer.status, answer.json]).toEqual([200, { reason: "no declared service has that name" }]);
  });

  test("is refused with a name longer than any can be", async () => {
    const hooks = await serveHooks();
    const answer = await hooks.post("/hooks/generic", { service: "a".repeat(513) }, bearer);
    expect([answer.status, answer.json]).toEqual([400, { error: "service is longer than 512 characters" }]);
  });

  test("says what to send when it names nothing", async () => {
    const hooks = await serveHooks();
    const answer = await hooks.post("/hooks/generic", {}, bearer);
    expect(answer.status).toBe(400);
    expect(answer.json["remedy"]).toContain('{"image": ');
    expect(hooks.counted).toEqual(["generic invalid"]);
  });
});
