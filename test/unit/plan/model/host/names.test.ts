import { describe, expect, it } from "vitest";
import { serviceHash } from "../../../../../src/compose/model/hash.js";
import {
  activeName,
  baseOf,
  builtFor,
  builtMark,
  keepTag,
  keptBy,
  nameInRole,
  roleOf,
} from "../../../../../src/plan/model/host/names.js";

const web = { project: "shop", name: "web", containerName: undefined };

describe("the name of the container that serves", () => {
  it("is Compose's own, counted from 1", () => {
    expect(activeName(web)).toBe("shop-web-1");
    expect(activeName(web, 2)).toBe("shop-web-2");
  });

  it("is the file's container_name where it gives one", () => {
    expect(activeName({ ...web, containerName: "shop" })).toBe("shop");
  });
});

describe("the role in a name", () => {
  it.each([
    ["active", "shop-web-1"],
    ["next", "shop-web-1.next"],
    ["previous", "shop-web-1.previous"],
    ["failed", "shop-web-1.failed"],
  ] as const)("%s is %s, and back", (role, name) => {
    expect(nameInRole("shop-web-1", role)).toBe(name);
    expect(roleOf(name, "shop-web-1")).toBe(role);
    expect(baseOf({ name, role })).toBe("shop-web-1");
  });

  it.each(["shop-web-12", "shop-web-1.old", "shop-web-1.next.next", "my-web-one", "shop-web", "XXXX-XXX-X.next"])(
    "%s plays none",
    (name) => {
      expect(roleOf(name, "shop-web-1")).toBe("stray");
      expect(baseOf({ name, role: "stray" })).toBe(name);
    },
  );
});

describe("our tags on images", () => {
  it.each([web, { project: "a.b", name: "c.r7" }])(
    "name the service and the revision, and are read back",
    (service) => {
      expect(keptBy(keepTag(service, 12))).toEqual({ service: `${service.project}.${service.name}`, revision: 12 });
    },
  );

  it.each([
    "fairlead/keep:shop.web.r1x",
    "fairlead/keep:shop.web.rx1",
    "fairlead/keep:shop.web.r",
    "example.com/keep:shop.web.r1",
    "acme/web:1",
  ])("%s is none", (tag) => {
    expect(keptBy(tag)).toBeUndefined();
  });

  it("mark what was built for a service", () => {
    const mark = builtMark(web, "0123456789abcdef");
    expect(builtFor(mark)).toBe(serviceHash(web));
    expect(builtFor("acme/built:0123.45")).toBeUndefined();
  });
});
