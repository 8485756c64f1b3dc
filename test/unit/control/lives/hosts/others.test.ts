import { variables } from "../../../../../src/compose/model/container/variables.js";
import { expect, it, onTestFinished } from "vitest";
import type { Engine } from "../../../../../src/control/ports/engine.js";
import { specOf } from "../../../plan/world.js";
import { openStage, quietOffice } from "../stage.js";

/** The same engine, on which all that runs by now was made under this lease. */
function madeUnder(engine: Engine, lease: string, ids: ReadonlySet<string>): Engine {
  const snapshot: Engine["snapshot"] = async (claim) => {
    const host = await engine.snapshot(claim);
    return { ...host, containers: host.containers.map((one) => (ids.has(one.id) ? { ...one, lease } : one)) };
  };
  return new Proxy(engine, {
    get: (target, name, receiver) =>
      name === "snapshot" ? snapshot : (Reflect.get(target, name, receiver) as unknown),
  });
}

it("what another controller answers for is left alone as long as that one lives, and taken over then", async () => {
  const db = specOf({ name: "db", networks: [] });
  const specs = [specOf(), db];
  const stage = await openStage(specs);
  onTestFinished(() => stage.close());
  stage.push("a", {});
  const theirs = await stage.start();
  await stage.pass(30_000);
  await theirs.stop();
  const containers = () => stage.engine.world.host.containers;
  const before = containers();
  expect(before.map(({ name }) => name).sort()).toEqual(["shop-db-1", "shop-web-1"]);

  // The other one's file: another web, and no db.
  specs.splice(0, 2, specOf({ container: { environment: variables({ COLOUR: "green" }) } }));
  const inCharge = new Map([["edge", "process 7 on web1"]]);
  const { process } = stage;
  const controller = await stage.start({
    forgetful: true,
    prune: true,
    engine: madeUnder(process.engine, "edge", new Set(before.map(({ id }) => id))),
    office: { ...quietOffice, others: { inCharge: () => Promise.resolve(inCharge) } },
  });
  await stage.pass(60_000);
  expect(containers()).toEqual(before);
  expect(controller.surface.service("shop/web")?.conditions[0]).toMatchObject({
    status: "False",
    reason: "OtherController",
    message: expect.stringContaining("the lease edge (process 7 on web1)") as string,
  });
  expect(controller.surface.service("shop/db")).toBeUndefined();
  const plans = await controller.surface.plan();
  expect(plans.map(({ service, changes }) => [service, changes])).toEqual([["web", false]]);
  expect(plans[0]?.text).toContain("then: shop-web-1 belongs to the controller with the lease edge");

  inCharge.clear();
  await stage.until("the take-over", () =>
    containers().some(({ name, revision }) => name === "shop-web-1" && revision > 1),
  );
  stage.reload();
  await stage.until("the end of what no file declares", () => !containers().some(({ service }) => service === "db"));
  expect(controller.surface.service("shop/web")?.conditions[0]?.status).toBe("True");
});
