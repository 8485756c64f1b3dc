import { variables } from "../../../../src/compose/model/container/variables.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { pinnedImage } from "../../../../src/compose/values/image.js";
import { defaultNetwork, digestOf, specOf } from "../../plan/world.js";
import { mortal, openStage } from "../lives/stage.js";
import type { Stage } from "../lives/stage.js";

const key = "shop/web";
const policy = { name: "unless-stopped", maximumRetryCount: 0 } as const;
const spec = specOf({ container: { restart: policy } });

describe("a project that Docker Compose runs already", () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await openStage([spec]);
    stage.push("a", {});
  });
  afterEach(() => stage.close());

  /** What Compose has made for the service runs. */
  async function composed(name = "shop_web_1", as: ServiceSpec = spec): Promise<string> {
    const { engine } = stage;
    await engine.createNetwork({
      kind: "create-network",
      network: defaultNetwork,
      project: "shop",
      because: "compose",
    });
    await engine.pull(pinnedImage(spec.image, digestOf("a")), new AbortController().signal);
    const id = engine.addStranger(name, as, digestOf("a"));
    await engine.startContainer(id);
    await stage.pass(1_500);
    return id;
  }

  const names = () => stage.engine.world.host.containers.map(({ name }) => name).sort();
  const find = (id: string) => stage.engine.world.find(id);

  it("is left alone, and said to be in the way, until it is adopted", async () => {
    const id = await composed();
    const before = find(id);
    const controller = await stage.start();
    const reason = () => controller.surface.service(key)?.conditions.find(({ type }) => type === "Ready");
    await stage.until("a conflict", () => reason()?.reason === "NameConflict");
    expect(reason()?.message).toBe(
      "Docker Compose runs shop/web as shop_web_1 (acme/web:latest): `fairlead adopt shop/web` or " +
        "`x-fairlead: {adopt: true}` takes it over; or rename or remove it",
    );
    expect(find(id)).toEqual(before);
    expect(names()).toEqual(["shop_web_1"]);

    expect(await controller.surface.adopt(key)).toEqual(["shop_web_1"]);
    await stage.until("peace", () => reason()?.status === "True");
    expect(controller.surface.service(key)).toMatchObject({
      sync: "Synced",
      health: "Healthy",
      activeDigest: digestOf("a"),
      revision: 0,
    });
    expect(find(id)).toEqual(before);
    expect(await controller.surface.adopt(key)).toEqual([]);
    await controller.stop();

    const restarted = await stage.start();
    await stage.until("peace again", () => restarted.surface.service(key)?.health === "Healthy");
    expect(find(id)).toEqual(before);
    await restarted.stop();
  });

  it("is adopted by its spec, replaced where it differs, and kept for a roll-back", async () => {
    stage.specs[0] = { ...spec, adopt: true };
    const id = await composed(
      "shop_web_1",
      specOf({ container: { environment: variables({ MODE: "old" }), restart: policy } }),
    );
    const controller = await stage.start();
    await stage.until("the new one", () => controller.surface.service(key)?.revision === 1 && names().length === 2);
    expect(names()).toEqual(["shop-web-1", "shop_web_1.previous"]);
    expect(find(id)).toMatchObject({ name: "shop_web_1.previous", state: "exited", restartPolicy: { name: "no" } });

    stage.push("b", {});
    controller.surface.reconcile([key], "test");
    await stage.until("the next one", () => controller.surface.service(key)?.revision === 2 && find(id) === undefined);
    expect(names()).toEqual(["shop-web-1", "shop-web-1.previous"]);
    await controller.stop();
  });

  it("comes back with its own restart policy where the new one fails", async () => {
    stage.specs[0] = { ...spec, adopt: true, update: { ...spec.update, order: "stop-first" } };
    const id = await composed();
    const controller = await stage.start();
    await stage.until("adoption", () => controller.surface.service(key)?.health === "Healthy");
    stage.push("b", { healthyAfterMs: "never" });
    controller.surface.reconcile([key], "test");
    await stage.until("the roll-back", () => controller.surface.service(key)?.sync === "Held");
    expect(find(id)).toMatchObject({ name: "shop_web_1", state: "running", restartPolicy: policy });
    expect(names()).toEqual(["shop-web-1.failed", "shop_web_1"]);
    await controller.stop();
  });

  it("is started again when it dies, like any other", async () => {
    stage.specs[0] = { ...spec, adopt: true };
    const id = await composed();
    const controller = await stage.start();
    await stage.until("adoption", () => controller.surface.service(key)?.health === "Healthy");
    stage.engine.stopByHand(id);
    await stage.until("its return", () => find(id)?.state === "running");
    await controller.stop();
  });

  it("is stopped where the file says so, though it differs from it", async () => {
    stage.specs[0] = { ...spec, adopt: true, stopped: true };
    const id = await composed(
      "shop_web_1",
      specOf({ container: { environment: variables({ MODE: "old" }), restart: policy } }),
    );
    const controller = await stage.start();
    await stage.until("its end", () => find(id)?.state === "exited");
    expect(names()).toEqual(["shop_web_1"]);
    await controller.stop();
  });

  it("is shown in the plan: what it differs in, and what would come of adopting it", async () => {
    await composed(
      "shop-web-1",
      specOf({ container: { environment: variables({ MODE: "secret-value" }), restart: policy } }),
    );
    const controller = await stage.start();
    const [plan] = await controller.surface.plan();
    expect(plan?.text).toContain("then: Docker Compose runs shop/web as shop-web-1");
    expect(plan?.text).toContain(
      "  if it were adopted:\n    adopted: shop-web-1 differs from the file in environment.MODE\n",
    );
    expect(plan?.text).toContain("create shop-web-1.next");
    expect(plan?.text).not.toContain("secret-value");
    await controller.stop();
  });

  it("takes a replica that the file does not declare, and a container of another service, for nothing of ours", async () => {
    stage.specs[0] = { ...spec, adopt: true };
    const other = stage.engine.addStranger("shop_db_1", { ...spec, name: "db" }, digestOf("a"));
    const controller = await stage.start();
    await stage.until("its start", () => controller.surface.service(key)?.health === "Healthy");
    expect(find(other)).toMatchObject({ name: "shop_db_1", state: "created" });
    expect((await controller.surface.plan()).map(({ text }) => text)).toContain(
      "shop/db\n  left alone: shop_db_1, which Docker Compose runs and no services file declares",
    );
    await controller.stop();
  });

  describe.each(["start-first", "stop-first"] as const)(
    "through a death at any engine call of its %s rollout",
    (order) => {
      it.each(["before", "after"] as const)(
        "%s the call: the rollout goes on",
        { timeout: 120_000 },
        async (moment) => {
          for (let call = 1; ; call += 1) {
            await stage.close();
            stage = await openStage([{ ...spec, update: { ...spec.update, order } }]);
            stage.push("a", {});
            const id = await composed();
            const first = await stage.start();
            await stage.until("the conflict", () => first.surface.service(key)?.sync === "OutOfSync");
            await first.surface.adopt(key);
            await stage.until("adoption", () => first.surface.service(key)?.health === "Healthy");
            await first.stop();
            stage.push("b", {});
            const doomed = mortal(stage.engine, { call, moment });
            const victim = await stage.start({ engine: doomed.engine });
            const done = () =>
              victim.surface.service(key)?.activeDigest === digestOf("b") &&
              victim.surface.service(key)?.revision === 1;
            await stage.until("death or success", () => doomed.dead() || done());
            const survivor = doomed.dead() ? await stage.start() : victim;
            await stage.until(`convergence after call ${call}`, () => {
              const status = survivor.surface.service(key);
              return status?.activeDigest === digestOf("b") && status.health === "Healthy" && names().length === 2;
            });
            expect(names(), `call ${call}`).toEqual(["shop-web-1", "shop_web_1.previous"]);
            expect(find(id), `call ${call}`).toMatchObject({ state: "exited", restartPolicy: { name: "no" } });
            await survivor.stop();
            if (!doomed.dead()) {
              expect(call).toBeGreaterThan(6);
              return;
            }
          }
        },
      );
    },
  );

  it("is in the way again, and comes to no harm, when the journal is lost in the middle", async () => {
    const id = await composed();
    const controller = await stage.start();
    await stage.until("the conflict", () => controller.surface.service(key)?.sync === "OutOfSync");
    await controller.surface.adopt(key);
    await stage.until("adoption", () => controller.surface.service(key)?.health === "Healthy");
    await controller.stop();
    const forgetful = await stage.start({ forgetful: true });
    const ready = () => forgetful.surface.service(key)?.conditions.find(({ type }) => type === "Ready")?.reason;
    await stage.until("the conflict again", () => ready() === "NameConflict");
    expect(find(id)).toMatchObject({ state: "running", restartPolicy: policy });
    expect(names()).toEqual(["shop_web_1"]);
    await forgetful.stop();
  });
});
