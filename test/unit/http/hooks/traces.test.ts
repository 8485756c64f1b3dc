import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/tools/secret.js";
import { push, secret, serveHooks } from "../harness.js";
import { fakeSurface } from "../surface.js";

const bearer = { authorization: `Bearer ${secret}` };

const understood = (...repositories: readonly string[]) => ({
  isUnderstood: true,
  images: repositories.map((repository) => ({ registry: "docker.io", repository, tag: "latest" })),
});

describe("every delivery is told of, with why it came to that", () => {
  const cases: readonly [string, string, unknown, Readonly<Record<string, string>>, object][] = [
    [
      "accepted",
      `/hooks/dockerhub/${secret}`,
      push("notarock/portfolio-ng"),
      {},
      {
        ...{ hook: "dockerhub", outcome: "accepted", services: ["shop/web", "shop/mirror"] },
        why: "docker.io/notarock/portfolio-ng:latest",
        ...understood("notarock/portfolio-ng"),
      },
    ],
    [
      "accepted by its name",
      "/hooks/generic",
      { service: "shop/proxy" },
      bearer,
      { hook: "generic", outcome: "accepted", services: ["shop/proxy"], why: undefined, ...understood() },
    ],
    [
      "of an image that nobody declares",
      `/hooks/dockerhub/${secret}`,
      push("acme/other"),
      {},
      {
        ...{ hook: "dockerhub", outcome: "ignored", services: [] },
        why: "no declared service uses docker.io/acme/other:latest",
        ...understood("acme/other"),
      },
    ],
    [
      "with a wrong secret",
      "/hooks/dockerhub/hunter2",
      push("acme/other"),
      {},
      { hook: "dockerhub", outcome: "unauthorized", services: [], why: "its secret is wrong" },
    ],
    [
      "without a secret",
      "/hooks/generic",
      {},
      {},
      { hook: "generic", outcome: "unauthorized", services: [], why: "it shows no secret" },
    ],
    [
      "with a body that is none",
      "/hooks/generic",
      "{",
      bearer,
      { hook: "generic", outcome: "invalid", services: [], why: "the body is not JSON" },
    ],
    [
      "of what is no image, which is not quoted",
      "/hooks/generic",
      { image: "HUNTER2 hunter2" },
      bearer,
      { hook: "generic", outcome: "invalid", services: [], why: "what it names is no image" },
    ],
    [
      "to a path that no receiver has, which is not told",
      "/hooks/docker-hub/hunter2",
      {},
      {},
      { hook: "unknown", outcome: "unauthorized", services: [], why: "no receiver has this path" },
    ],
  ];

  test.each(cases)("%s", async (_what, path, body, headers, expected) => {
    const hooks = await serveHooks();
    await hooks.post(path, body, headers);
    await expect.poll(() => hooks.surface.told).toEqual([expected]);
    expect(JSON.stringify([hooks.surface.told, hooks.log.lines])).not.toMatch(new RegExp(`${secret}|hunter2`, "i"));
  });

  test("while no secret is configured, that is why", async () => {
    const hooks = await serveHooks({ secrets: [new Secret("")] });
    await hooks.post("/hooks/dockerhub/hunter2", push("acme/other"));
    await expect
      .poll(() => hooks.surface.told)
      .toMatchObject([{ hook: "unknown", why: "no hook secret is configured" }]);
  });

  test("put off before the services are known", async () => {
    const hooks = await serveHooks({ surface: fakeSurface({ images: {}, ready: false }) });
    await hooks.post(`/hooks/dockerhub/${secret}`, push("acme/other"));
    await expect
      .poll(() => hooks.surface.told)
      .toMatchObject([{ outcome: "unavailable", why: "not ready: the services are not known yet" }]);
  });
});
