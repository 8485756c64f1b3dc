import { describe, expect, it } from "vitest";
import { forecastRemovals } from "../../../../../src/control/surface/forecast/removals.js";
import type { ObservedContainer } from "../../../../../src/plan/model/host/observed.js";
import { containerIn, hostWith, specOf } from "../../../plan/world.js";

const other = specOf({ name: "other" });
const project = { name: "shop", file: "services.yaml", services: [other] };
const active = containerIn("active", "a", 1);
const told = (containers: readonly ObservedContainer[], prune: boolean, projects = [project]) =>
  forecastRemovals({ projects, host: hostWith(containers), prune });

describe("what becomes of a service that no file declares any more", () => {
  it("is told to its end: every container goes", () => {
    const plans = told([active, containerIn("previous", "a", 1)], true);
    expect(plans).toMatchObject([{ project: "shop", service: "web", changes: true }]);
    expect(plans[0]?.text).toMatchInlineSnapshot(`
      "shop/web
        set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
        stop shop-web-1, within 10s (shop/web is in no services file any more)
        remove shop-web-1 (shop/web is in no services file any more)
        remove shop-web-1.previous (shop/web is in no services file any more)"
    `);
  });

  it("is nothing without prune, and why", () => {
    expect(told([active], false)).toEqual([
      {
        ...{ project: "shop", service: "web", changes: false },
        text: "shop/web\n  left alone: shop/web is in no services file any more; run with --prune to remove it, or remove it by hand",
      },
    ]);
  });

  it("is not said of a project that no file has in force: a broken or missing file removes nothing", () => {
    expect(told([active], true, [])).toEqual([]);
  });

  it("is its service's to say, of a gate whose service is still declared", () => {
    const gate = containerIn("active", "a", 1, { gate: { of: "other" } });
    expect(told([gate], true)).toMatchObject([
      { changes: false, text: expect.stringContaining("its service decides") as string },
    ]);
  });

  it("is nothing that would end this very controller", () => {
    const own = { ...active, lifeline: "controller" as const };
    const [plan] = told([own], true);
    expect(plan?.changes).toBe(false);
    expect(plan?.text).toContain("is the container of this very controller");
  });
});
