import { expect, it } from "vitest";
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
