import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { blockList } from "../../../../src/http/receivers/addresses.js";
import { parsePattern } from "../../../../src/patterns/pattern.js";
import type { NamedReceiver } from "../../../../src/http/receivers/receiver.js";
import { Secret } from "../../../../src/tools/secret.js";
import { push, secret, serveHooks } from "../harness.js";
import { fakeSurface } from "../surface.js";

const own = "a-secret-of-its-own";

function receiver(more: Partial<NamedReceiver> = {}): NamedReceiver {
  return {
    ...{ name: "hub", type: "dockerhub", secrets: [new Secret(own)], oidc: undefined, rules: {} },
    ...{ allowFrom: undefined, ratePerMinute: undefined },
    ...more,
  };
}

const path = `/hooks/r/hub/${own}`;
const shop = push("notarock/portfolio-ng");

describe("a named receiver", () => {
  test("takes deliveries of its type at its own address, and says who it is", async () => {
    const hooks = await serveHooks({ receivers: [receiver()] });
    const answer = await hooks.post(path, shop);
    expect([answer.status, answer.json]).toEqual([202, { enqueued: ["shop/web", "shop/mirror"] }]);
    expect(hooks.surface.reconciled[0]?.cause).toBe("hook dockerhub hub: docker.io/notarock/portfolio-ng:latest");
    expect(hooks.surface.told[0]).toMatchObject({ hook: "dockerhub hub", outcome: "accepted" });
    expect(hooks.counted).toEqual(["dockerhub accepted"]);
  });

  test("is opened by its own secrets alone, and opens nothing else", async () => {
    const hooks = await serveHooks({ receivers: [receiver({ secrets: [new Secret(own), new Secret("another")] })] });
    expect((await hooks.post("/hooks/r/hub/another", shop)).status).toBe(202);
    expect((await hooks.post("/hooks/r/hub?apikey=another", shop)).status).toBe(202);
    expect((await hooks.post(`/hooks/r/hub/${secret}`, shop)).status).toBe(404);
    expect((await hooks.post(`/hooks/dockerhub/${own}`, shop)).status).toBe(404);
    expect((await hooks.post(`/hooks/r/other/${own}`, shop)).status).toBe(404);
  });

  test("is there without a usual secret", async () => {
    const hooks = await serveHooks({ receivers: [receiver()], secrets: [] });
    expect((await hooks.post(path, shop)).status).toBe(202);
    expect((await hooks.post(`/hooks/dockerhub/${secret}`, shop)).status).toBe(404);
  });

  test("has gopdater's rule: whose owner is not listed is told so, and it is a success", async () => {
    const hooks = await serveHooks({ receivers: [receiver({ rules: { owners: ["somebody"] } })] });
    const answer = await hooks.post(path, shop);
    expect([answer.status, answer.json]).toEqual([
      200,
      { reason: "this receiver does not listen to the owner of docker.io/notarock/portfolio-ng:latest" },
    ]);
    expect(hooks.surface.reconciled).toEqual([]);
  });

  test("of docker-delivery-hook's answers at both of its addresses, and not twice", async () => {
    const clock = { now: Date.now() };
    const hooks = await serveHooks({
      receivers: [receiver({ name: "old", type: "delivery-hook" })],
      surface: fakeSurface({ builds: ["shop/web"] }),
      now: () => clock.now,
    });
    const body = JSON.stringify({ container_name: "shop-web-1" });
    const at = String(Math.floor(clock.now / 1_000));
    const headers = {
      "x-timestamp": at,
      "x-signature": createHmac("sha256", own)
        .update(body + at)
        .digest("hex"),
    };
    expect((await hooks.post("/hooks/r/old/pull", body, headers)).json).toEqual({ enqueued: ["shop/web"] });
    expect((await hooks.post("/hooks/r/old/build", body, headers)).json).toEqual({ enqueued: ["shop/web"] });
    expect(hooks.surface.rebuilt).toHaveLength(1);
    clock.now += 10_000;
    for (const action of ["pull", "build"]) {
      const again = await hooks.post(`/hooks/r/old/${action}`, body, headers);
      expect(again.json).toEqual({ reason: "this delivery is here already" });
    }
    clock.now += 300_000;
    expect((await hooks.post("/hooks/r/old/pull", body, headers)).status).toBe(401);
    clock.now -= 700_000;
    expect((await hooks.post("/hooks/r/old/pull", body, headers)).status).toBe(401);
  });

  test("of generic names does not reach the services of images that it does not listen to", async () => {
    const rules = { repositories: [parsePattern("notarock/*")] };
    const hooks = await serveHooks({ receivers: [receiver({ name: "ci", type: "generic", rules })] });
    const post = async (service: string) => (await hooks.post(`/hooks/r/ci/${own}`, { service })).json;
    expect(await post("shop/web")).toEqual({ enqueued: ["shop/web"] });
    expect(await post("shop/proxy")).toEqual({
      reason: "this receiver does not listen to the repository of docker.io/library/nginx:1.27",
    });
    expect(await post("shop/none")).toEqual({ reason: "no declared service has that name" });
  });

  test("says by which rule it leaves a service alone that is named, also by its container", async () => {
    const rules = { tags: [parsePattern("latest")] };
    const surface = fakeSurface({ images: { "shop/web": "nginx:latest", "shop/edge": "nginx:edge" } });
    const receivers = [
      receiver({ name: "ci", type: "generic", rules }),
      receiver({ name: "old", type: "delivery-hook", rules }),
    ];
    const hooks = await serveHooks({ receivers, surface });
    const reason = "this receiver does not listen to the tag of docker.io/library/nginx:edge";
    expect((await hooks.post(`/hooks/r/ci/${own}`, { service: "shop/edge" })).json).toEqual({ reason });
    expect((await hooks.post(`/hooks/r/old/pull/${own}`, { container_name: "shop-edge-1" })).json).toEqual({ reason });
    expect((await hooks.post(`/hooks/r/ci/${own}`, { service: "shop/web" })).json).toEqual({ enqueued: ["shop/web"] });
  });

  test("is not there for addresses that may not call", async () => {
    const hooks = await serveHooks({
      receivers: [receiver({ allowFrom: blockList(["10.0.0.0/8", "2001:db8::/32"]) })],
    });
    const answer = await hooks.post(path, shop);
    expect([answer.status, answer.text]).toEqual([404, (await hooks.post("/hooks/r/nobody", shop)).text]);
    expect(hooks.surface.told[0]).toMatchObject({ why: "its address is none of those that may call" });
  });

  test.each([
    ["10.1.2.3", 202],
    ["::ffff:10.1.2.3", 202],
    ["2001:db8::7", 202],
    ["9.9.9.9, 10.1.2.3", 202],
    ["10.1.2.3, 9.9.9.9", 404],
    ["10.1.2.3, 127.0.0.1", 202],
    ["10.1.2.3:4444", 202],
    ["[2001:db8::7]:443", 202],
    ["[2001:db8::7]", 202],
    ["9.9.9.9:4444", 404],
    ["10.1.2.3:80, 127.0.0.1:4444", 202],
    ["10.1.2.3:80, 9.9.9.9:4444", 404],
    ["10.1.2.3:, 127.0.0.1", 404],
    ["nonsense", 404],
    ["", 404],
  ])("behind a trusted proxy: %s is answered %i", async (forwarded, status) => {
    const allowFrom = blockList(["10.0.0.0/8", "2001:db8::/32"]);
    const receivers = [receiver({ allowFrom })];
    const trusting = await serveHooks({ receivers, trustedProxies: ["127.0.0.0/8", "::1"] });
    expect((await trusting.post(path, shop, { "x-forwarded-for": forwarded })).status).toBe(status);
    const careful = await serveHooks({ receivers });
    expect((await careful.post(path, shop, { "x-forwarded-for": forwarded })).status).toBe(404);
  });

  test("takes so many deliveries of one client a minute", async () => {
    const receivers = [receiver({ ratePerMinute: 2 })];
    const hooks = await serveHooks({ receivers, trustedProxies: ["127.0.0.1"] });
    const from = async (client: string) => hooks.post(path, shop, { "x-forwarded-for": client });
    expect([(await from("9.9.9.9")).status, (await from("9.9.9.9")).status]).toEqual([202, 202]);
    const third = await from("9.9.9.9");
    expect([third.status, third.headers.get("retry-after")]).toEqual([429, "60"]);
    expect((await from("9.9.9.9:4444")).status).toBe(429);
    expect((await from("8.8.8.8:1")).status).toBe(202);
    expect((await from("[2001:db8::1]:1")).status).toBe(202);
    expect([(await from("[2001:db8::1]:2")).status, (await from("2001:db8::1")).status]).toEqual([202, 429]);
    // A stranger's failures are not counted here.
    expect((await hooks.post("/hooks/r/hub/wrong", shop, { "x-forwarded-for": "9.9.9.9" })).status).toBe(404);
  });
});

describe("deliveries that come again", () => {
  const github = (id: string, body: string) => ({
    "x-github-event": "ping",
    "x-github-delivery": id,
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  });

  test("are known by id and body, after the proof, for ten minutes", async () => {
    const clock = { now: 1_800_000_000_000 };
    const hooks = await serveHooks({ now: () => clock.now });
    const send = async (id: string, body = "{}") =>
      (await hooks.post("/hooks/github", body, github(id, body))).json["reason"];
    const [known, fresh] = ["this delivery is here already", "a ping: the hook works"];
    expect(await send("1")).toBe(fresh);
    // Two within one moment may be two.
    expect(await send("1")).toBe(fresh);
    clock.now += 3_000;
    expect([await send("1"), await send("2"), await send("1", "[]")]).toEqual([known, fresh, fresh]);
    clock.now += 600_000;
    expect(await send("1")).toBe(fresh);
    clock.now += 3_000;
    expect(await send("1")).toBe(known);
  });

  test("are taken again where they could not be used before", async () => {
    const hooks = await serveHooks({ surface: fakeSurface({ ready: false, images: {} }) });
    const body = JSON.stringify({ image: "acme/shop" });
    const send = async () =>
      (await hooks.post(`/hooks/cloudevents/${secret}`, body, { "ce-type": "x", "ce-id": "1" })).status;
    expect([await send(), await send()]).toEqual([503, 503]);
  });
});
