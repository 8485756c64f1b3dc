import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/tools/secret.js";
import { secret, serveHooks } from "../harness.js";
import { fakeSurface } from "../surface.js";

const path = "/hooks/delivery-hook/build";
const body = JSON.stringify({ container_name: "shop-web-1" });
const seconds = (offset = 0) => String(Math.floor(Date.now() / 1_000) + offset);

function signed(text: string, timestamp = seconds(), key = secret): Record<string, string> {
  const signature = createHmac("sha256", key)
    .update(text + timestamp)
    .digest("hex");
  return { "x-timestamp": timestamp, "x-signature": signature };
}

const serve = () => serveHooks({ surface: fakeSurface({ builds: ["shop/web"] }) });

describe("docker-delivery-hook's deliveries", () => {
  test("/build asks for a new build of what is built here", async () => {
    const hooks = await serve();
    const answer = await hooks.post(path, body, signed(body));
    expect([answer.status, answer.json]).toEqual([202, { enqueued: ["shop/web"] }]);
    expect(hooks.surface.rebuilt).toEqual([{ keys: ["shop/web"], cause: "hook delivery-hook" }]);
    expect(hooks.surface.reconciled).toEqual([]);
    expect(hooks.counted).toEqual(["delivery-hook accepted"]);
  });

  test("/pull asks for a look, whatever the service", async () => {
    const hooks = await serve();
    const text = JSON.stringify({ container_name: "shop-proxy-1" });
    expect((await hooks.post("/hooks/delivery-hook/pull", text, signed(text))).json).toEqual({
      enqueued: ["shop/proxy"],
    });
    expect(hooks.surface.rebuilt).toEqual([]);
    expect(hooks.surface.reconciled).toHaveLength(1);
  });

  test("a service that comes from a registry is not built", async () => {
    const hooks = await serve();
    const text = JSON.stringify({ service: "shop/proxy" });
    const answer = await hooks.post(path, text, signed(text));
    expect([answer.status, answer.json]).toEqual([
      200,
      { reason: "no declared service has that name and is built here" },
    ]);
  });

  test.each([
    ["another secret", () => signed(body, seconds(), "another")],
    ["an empty secret", () => signed(body, seconds(), "")],
    ["another body", () => signed(`${body} `)],
    ["an old timestamp", () => signed(body, seconds(-301))],
    ["a timestamp from the future", () => signed(body, seconds(301))],
    ["a timestamp that is none", () => signed(body, "1e12")],
    ["a signature that is too short", () => ({ ...signed(body), "x-signature": "abcd" })],
    ["no timestamp", () => ({ "x-signature": "0".repeat(64) })],
  ])("a signature over %s is refused", async (_what, headers) => {
    const hooks = await serve();
    const answer = await hooks.post(path, body, headers());
    const wrong = { error: "the signature is wrong", remedy: "check the secret and the clock" };
    expect([answer.status, answer.json]).toEqual([401, wrong]);
    expect(hooks.surface.rebuilt).toEqual([]);
    expect(hooks.counted).toEqual(["delivery-hook unauthorized"]);
    expect(hooks.surface.told).toEqual([
      {
        hook: "delivery-hook",
        outcome: "unauthorized",
        services: [],
        why: expect.stringMatching(/^its signature /) as string,
      },
    ]);
  });

  test("the other ways to show the secret open it too, and without any it is not there", async () => {
    const hooks = await serve();
    expect((await hooks.post(`${path}/${secret}`, body)).status).toBe(202);
    expect((await hooks.post(path, body, { authorization: `Bearer ${secret}` })).status).toBe(202);
    expect((await hooks.post(path, body)).status).toBe(404);
    // A wrong secret in the path counts, whatever else the delivery brings.
    expect((await hooks.post(`${path}/wrong`, body, signed(body))).status).toBe(404);
    expect((await hooks.post("/hooks/delivery-hook", body, signed(body))).status).toBe(404);
  });

  test("says what is missing", async () => {
    const hooks = await serve();
    expect((await hooks.post(path, "{}", signed("{}"))).json["error"]).toBe("container_name is missing");
  });

  test("without a configured secret nothing opens it", async () => {
    const hooks = await serveHooks({ secrets: [new Secret("")] });
    const answer = await hooks.post(path, body, signed(body, seconds(), ""));
    expect([answer.status, answer.json]).toEqual([404, { error: "not found" }]);
    expect(hooks.counted, "there is no such path").toEqual([]);
  });
});

describe("a generic delivery with build", () => {
  const bearer = { authorization: `Bearer ${secret}` };

  test("asks for a new build", async () => {
    const hooks = await serve();
    const answer = await hooks.post("/hooks/generic", { service: "shop/web", build: true }, bearer);
    expect([answer.status, answer.json]).toEqual([202, { enqueued: ["shop/web"] }]);
    expect(hooks.surface.rebuilt).toHaveLength(1);
  });

  test.each(["yes", 1, {}])("takes no %j for true", async (build) => {
    const hooks = await serve();
    expect((await hooks.post("/hooks/generic", { service: "shop/web", build }, bearer)).status).toBe(400);
  });
});
