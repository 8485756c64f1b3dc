import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { parseImage } from "../../../../src/compose/values/image.js";
import { Catalog } from "../../../../src/control/desired/catalog.js";
import { now, specOf } from "../../plan/world.js";

const key = "shop/web";
const filesWith = (...services: readonly ReturnType<typeof specOf>[]) => ({
  generation: 1,
  projects: [{ name: "shop", file: "services.yaml", services }],
  problems: [],
  warnings: [],
  files: new Map(),
});

it("takes a service for one on its way until somebody has looked at it, and as long as that says so", () => {
  const catalog = new Catalog();
  expect(catalog.isOnItsWay(key)).toBe(false);
  catalog.adopt(filesWith(specOf()), now);
  expect(catalog.isOnItsWay(key)).toBe(true);
  const status = catalog.statuses.get(key);
  catalog.publish(key, status, false);
  expect(catalog.isOnItsWay(key)).toBe(false);
  catalog.publish(key, status, true);
  expect(catalog.isOnItsWay(key)).toBe(true);
  catalog.adopt(filesWith(), now);
  expect(catalog.isOnItsWay(key)).toBe(false);
});

function catalogOf(...services: readonly ServiceSpec[]): Catalog {
  const catalog = new Catalog();
  catalog.adopt(filesWith(...services), now);
  return catalog;
}

describe("the services that a hook concerns", () => {
  const imaged = (name: string, image: string, patch: Partial<ServiceSpec> = {}) =>
    specOf({ name, image: parseImage(image), ...patch });

  it.each([
    ["acme/web:1", ["shop/one"]],
    ["acme/web:2", ["shop/two"]],
    ["acme/web:3", []],
    ["acme/other:1", []],
    ["ghcr.io/acme/web:1", ["shop/elsewhere"]],
  ])("by the image %s", (pushed, keys) => {
    const catalog = catalogOf(
      imaged("one", "acme/web:1"),
      imaged("two", "acme/web:2"),
      imaged("elsewhere", "ghcr.io/acme/web:1"),
      imaged("fixed", `acme/web:1@sha256:${"a".repeat(64)}`),
    );
    expect(catalog.keysForImage(parseImage(pushed))).toEqual(keys);
  });

  it("by any tag that a policy may choose, and by no other", () => {
    const policy = { kind: "semver", range: "^1.4" } as const;
    const catalog = catalogOf(
      imaged("one", "acme/web:1.4-alpine", { policy }),
      imaged("two", "acme/db:1.4", { policy }),
    );
    const keys = (tag: string | undefined) =>
      catalog.keysForImage({ registry: undefined, repository: "acme/web", tag }).join();
    for (const tag of ["1.4.3-alpine", "1.4.1-alpine", undefined]) expect(keys(tag), tag).toBe("shop/one");
    for (const tag of ["1.4.3", "2.0.0-alpine", "1.5.0-rc.1-alpine", "latest"]) expect(keys(tag), tag).toBe("");
  });

  it("by an image without a tag: all that follow one of its tags", () => {
    const catalog = catalogOf(imaged("one", "acme/web:1"), imaged("two", "acme/web:2"), imaged("three", "acme/db:1"));
    expect(catalog.keysForImage({ ...parseImage("acme/web"), tag: undefined })).toEqual(["shop/one", "shop/two"]);
  });

  it("by a name, where it is the only one of it, or with its project", () => {
    const catalog = catalogOf(specOf(), specOf({ name: "b-web" }), specOf({ name: "db" }), specOf({ project: "blog" }));
    expect(catalog.keysForName("db")).toEqual(["shop/db"]);
    expect(catalog.keysForName("web"), "there are two").toEqual([]);
    expect(catalog.keysForName("blog/web")).toEqual(["blog/web"]);
    expect(catalog.keysForName("blog/db")).toEqual([]);
    expect(catalog.keysForName("eb")).toEqual([]);
  });

  it("by a container's name: its own, or the project's, the service's and a number", () => {
    const catalog = catalogOf(specOf(), specOf({ name: "db", containerName: "postgres" }));
    for (const name of ["shop-web-1", "shop-web-12"]) expect(catalog.keysForContainer(name)).toEqual(["shop/web"]);
    expect(catalog.keysForContainer("postgres")).toEqual(["shop/db"]);
    for (const name of ["shop-web", "shop-web-", "shop-web-x", "shop-web-1.next", "xshop-web-1", "shop-db-1", "web"])
      expect(catalog.keysForContainer(name), name).toEqual([]);
  });
});

describe("the services that depend on another one", () => {
  it("are bound to it where they restart with it, share something of it, or are its gate", () => {
    const dependency = { service: "db", condition: "service_started", restart: false } as const;
    const catalog = catalogOf(
      specOf({ name: "db" }),
      specOf({ name: "waits", dependsOn: [dependency] }),
      specOf({ name: "restarts", dependsOn: [{ ...dependency, restart: true }] }),
      specOf({ name: "gate", gateOf: "db" }),
      specOf({ name: "other", dependsOn: [{ ...dependency, service: "waits" }] }),
      specOf({ name: "elsewhere", project: "blog", dependsOn: [dependency] }),
    );
    expect(catalog.dependantsOf("shop/db")).toEqual([
      { key: "shop/waits", isBound: false },
      { key: "shop/restarts", isBound: true },
      { key: "shop/gate", isBound: true },
    ]);
    expect(catalog.dependantsOf("shop/gate")).toEqual([{ key: "shop/db", isBound: true }]);
    expect(catalog.dependantsOf("shop/restarts")).toEqual([]);
  });
});

it("says what is wrong with the newest version of a service's own file, and of no other one", () => {
  const catalog = new Catalog();
  const problem = { file: "blog.yaml", line: 3, column: 1, path: "services.web", message: "it is broken" };
  catalog.adopt(
    {
      generation: 7,
      projects: [
        { name: "shop", file: "shop.yaml", services: [specOf()] },
        { name: "blog", file: "blog.yaml", services: [specOf({ project: "blog" })] },
      ],
      problems: [problem],
      warnings: [],
      files: new Map([
        ["shop.yaml", []],
        ["blog.yaml", [problem]],
      ]),
    },
    now,
  );
  expect(catalog.declared("shop/web")).toMatchObject({ generation: 7, specProblem: undefined });
  expect(catalog.declared("blog/web")?.specProblem).toContain("it is broken");
  expect(catalog.declared("shop/db")).toBeUndefined();
});

it("tells which services are new and which are gone, and forgets how those stood", () => {
  const catalog = catalogOf(specOf(), specOf({ name: "old" }));
  expect(catalog.adopt(filesWith(specOf(), specOf({ name: "new" })), now)).toEqual({
    added: ["shop/new"],
    removed: ["shop/old"],
  });
  expect([...catalog.statuses.keys()]).toEqual(["shop/web", "shop/new"]);
  expect(catalog.statuses.get("shop/new")).toMatchObject({ sync: "Unknown", health: "Unknown" });
});
