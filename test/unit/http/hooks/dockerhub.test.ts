import { describe, expect, test } from "vitest";
import { dockerHubExample, push, secret, serveHooks } from "../harness.js";
import { fakeSurface } from "../surface.js";

const path = `/hooks/dockerhub/${secret}`;

describe("a Docker Hub delivery", () => {
  test("enqueues every service that declares the repository and tag, and names them", async () => {
    const hooks = await serveHooks();
    const answer = await hooks.post(path, push("notarock/portfolio-ng"));
    expect(answer.status).toBe(202);
    expect(answer.json).toEqual({ enqueued: ["shop/web", "shop/mirror"] });
    expect(hooks.surface.reconciled).toMatchObject([
      { keys: ["shop/web", "shop/mirror"], cause: "hook dockerhub: docker.io/notarock/portfolio-ng:latest" },
    ]);
    expect(hooks.counted).toEqual(["dockerhub accepted"]);
  });

  test("may carry the secret as ?apikey=", async () => {
    const hooks = await serveHooks();
    const answer = await hooks.post(`/hooks/dockerhub?apikey=${secret}`, push("notarock/portfolio-ng", "edge"));
    expect(answer.json).toEqual({ enqueued: ["shop/edge"] });
  });

  test("may look like the documentation's example, to the letter", async () => {
    const hooks = await serveHooks({ surface: fakeSurface({ images: { "a/hook": "svendowideit/testhook" } }) });
    expect((await hooks.post(path, dockerHubExample)).json).toEqual({ enqueued: ["a/hook"] });
  });

  test.each([
    ["a float and nulls", { ...push("nginx", "1.27"), callback_url: null }],
    ["the library namespace written out", push("library/nginx", "1.27")],
    [
      "an official image without a namespace",
      { push_data: { tag: "1.27" }, repository: { repo_name: "nginx", namespace: null, is_official: true } },
    ],
    ["no repo_name", { push_data: { tag: "1.27" }, repository: { name: "nginx", namespace: "library" } }],
    ["no repo_name and no namespace", { push_data: { tag: "1.27" }, repository: { name: "nginx", repo_name: null } }],
  ])("means the official image with %s", async (_case, body) => {
    const hooks = await serveHooks();
    expect((await hooks.post(path, body)).json).toEqual({ enqueued: ["shop/proxy"] });
  });

  test.each([
    ["missing", { repository: { repo_name: "notarock/portfolio-ng" } }],
    ["null", push("notarock/portfolio-ng", null)],
    ["with push_data null", { push_data: null, repository: { repo_name: "notarock/portfolio-ng" } }],
  ])("concerns every tag when the tag is %s", async (_case, body) => {
    const hooks = await serveHooks();
    expect((await hooks.post(path, body)).json).toEqual({ enqueued: ["shop/web", "shop/mirror", "shop/edge"] });
  });

  test.each([
    ["repository", push("someone/else"), "docker.io/someone/else:latest"],
    ["tag", push("notarock/portfolio-ng", "nightly"), "docker.io/notarock/portfolio-ng:nightly"],
    ["foreign host", push("registry.example.com/team/app", "v1"), "docker.io/registry.example.com/team/app:v1"],
  ])("is a success with a reason when nobody declared the %s", async (_case, body, image) => {
    const hooks = await serveHooks();
    const answer = await hooks.post(path, body);
    expect([answer.status, answer.json]).toEqual([200, { reason: `no declared service uses ${image}` }]);
    expect(hooks.surface.reconciled).toEqual([]);
    expect(hooks.counted).toEqual(["dockerhub ignored"]);
  });
});

describe("before the first observation", () => {
  test("what can be matched is enqueued all the same", async () => {
    const hooks = await serveHooks({ surface: fakeSurface({ ready: false }) });
    expect((await hooks.post(path, push("notarock/portfolio-ng"))).status).toBe(202);
  });

  test("what cannot be matched is asked for again, never dropped", async () => {
    const hooks = await serveHooks({ surface: fakeSurface({ ready: false, images: {} }) });
    const answer = await hooks.post(path, push("notarock/portfolio-ng"));
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(hooks.counted).toEqual(["dockerhub unavailable"]);
  });
});
