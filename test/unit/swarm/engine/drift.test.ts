import { describe, expect, it } from "vitest";
import type { Controller } from "../../../../src/control/controller.js";
import type { ServiceBody } from "../../../../src/swarm/model/body.js";
import type { Cluster } from "../../../../src/swarm/model/cluster.js";
import { digestOf } from "../../plan/world.js";
import { openSwarmLife, serves, statusOf, webOf, type SwarmLife } from "./lives.js";

/** Somebody's `docker service update`. */
async function update(life: SwarmLife, change: (body: ServiceBody) => ServiceBody): Promise<void> {
  const service = (await life.swarm.cluster.look()).services.find(({ spec }) => spec.Name === "shop_web");
  if (service === undefined) throw new Error("there is no shop_web");
  await life.swarm.cluster.updateService(service, change(service.spec));
}

const container = (change: object) => (body: ServiceBody) => ({
  ...body,
  TaskTemplate: { ...body.TaskTemplate, ContainerSpec: { ...body.TaskTemplate.ContainerSpec, ...change } },
});
const scaled = (Replicas: number) => (body: ServiceBody) => ({ ...body, Mode: { Replicated: { Replicas } } });
const forced = (body: ServiceBody) => ({
  ...body,
  TaskTemplate: { ...body.TaskTemplate, ForceUpdate: (body.TaskTemplate.ForceUpdate ?? 0) + 1 },
});
const imageOf = (letter: string) => `docker.io/acme/web@${digestOf(letter)}`;

const specOf = (life: SwarmLife) => life.swarm.store.serviceNamed("shop_web")?.spec;
const runningIds = (life: SwarmLife) =>
  life.swarm
    .tasks("shop_web")
    .filter(({ state, desired }) => state === "running" && desired === "running")
    .map(({ id }) => id);
async function drifts(controller: Controller): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { type, reason, message } of controller.surface.events(
    { follow: false },
    AbortSignal.timeout(5_000),
  ))
    if (type === "drift") found.push(`${reason}: ${message}`);
  return found;
}

/** What the controller asks of a Swarm, counted. */
function counted(cluster: Cluster, updates: string[]): Cluster {
  return {
    ...cluster,
    updateService: (service, body, by) => {
      updates.push(body.Name);
      return cluster.updateService(service, body, by);
    },
  };
}

async function serving(replicas = 2) {
  const life = await openSwarmLife([webOf({ replicas })]);
  const updates: string[] = [];
  life.push("a");
  const controller = await life.start({ cluster: counted(life.swarm.cluster, updates) });
  await life.stage.until("a serves", () => serves(controller, "a"));
  await life.stage.pass(10_000);
  updates.length = 0;
  return { life, controller, updates };
}

describe("what somebody else changes in a service", () => {
  it.each([
    ["its replicas", scaled(5), "deploy.replicas"],
    ["its replicas, to none", scaled(0), "deploy.replicas"],
    ["its environment", container({ Env: ["TOKEN=hunter2"] }), "environment"],
    ["its image", container({ Image: imageOf("b") }), "image"],
    ["a label", (body: ServiceBody) => ({ ...body, Labels: { ...body.Labels, note: "x" } }), "deploy.labels"],
    [
      "how it is updated",
      (body: ServiceBody) => ({ ...body, UpdateConfig: { Parallelism: 0, FailureAction: "rollback" as const } }),
      "deploy.update_config",
    ],
  ])("is taken back by one update: %s", async (_, change, field) => {
    const { life, controller, updates } = await serving();
    const before = specOf(life);
    life.swarm.publish(digestOf("b"));
    await update(life, change);
    await life.stage.until("it is as before", () => updates.length > 0 && serves(controller, "a"));
    await life.stage.pass(30_000);
    expect(specOf(life)).toEqual(before);
    expect(updates).toEqual(["shop_web"]);
    expect(life.running()).toEqual([digestOf("a"), digestOf("a")]);
    expect(await drifts(controller)).toEqual([`DriftDetected: somebody else has changed shop-web-1 in ${field}`]);
    expect(statusOf(controller)).toMatchObject({ sync: "Synced", health: "Healthy" });
    await controller.stop();
  });

  it("restarts no task that is of what is wanted, and is no update of the Swarm where it was scaled", async () => {
    const { life, controller, updates } = await serving();
    await update(life, forced);
    await life.stage.pass(60_000);
    expect(updates).toEqual([]);
    const tasks = runningIds(life);
    await update(life, scaled(4));
    await life.stage.until("it is as before", () => updates.length > 0 && runningIds(life).length === 2);
    await life.stage.pass(30_000);
    expect(runningIds(life)).toEqual(tasks);
    expect(life.swarm.store.serviceNamed("shop_web")?.update).toBeUndefined();
    expect(await drifts(controller)).toHaveLength(1);
    await controller.stop();
  });

  it("is taken back where it is a rollback, and nothing is held for it", async () => {
    const { life, controller, updates } = await serving();
    life.push("b");
    controller.surface.reconcile(["shop/web"], "hook");
    await life.stage.until("b serves", () => serves(controller, "b"));
    await life.stage.pass(10_000);
    updates.length = 0;
    life.swarm.rollBack("shop_web");
    await life.stage.until("b serves again", () => updates.length > 0 && serves(controller, "b"));
    await life.stage.pass(30_000);
    expect(updates).toEqual(["shop_web"]);
    expect(life.running()).toEqual([digestOf("b"), digestOf("b")]);
    expect((await drifts(controller))[0]).toMatch(/in .*image/);
    expect(statusOf(controller)).toMatchObject({ sync: "Synced" });
    await controller.stop();
  });

  it("is made again where it was removed", async () => {
    const { life, controller } = await serving();
    await life.swarm.cluster.removeService(life.swarm.store.serviceNamed("shop_web")?.id ?? "");
    await life.stage.until("two run again", () => runningIds(life).length === 2 && serves(controller, "a"));
    await controller.stop();
  });

  it("is left while the service is paused, and taken back when it is resumed", async () => {
    const { life, controller, updates } = await serving();
    await controller.surface.pause("shop/web");
    await update(life, scaled(3));
    await life.stage.pass(60_000);
    expect(updates).toEqual([]);
    expect(runningIds(life)).toHaveLength(3);
    const ready = statusOf(controller)?.conditions.find(({ type }) => type === "Ready");
    expect(ready).toMatchObject({
      reason: "DriftDetected",
      message:
        "somebody else has changed shop-web-1 in deploy.replicas while the service is paused: " +
        "it is left so until `fairlead resume`",
    });
    const resumed = await controller.surface.preview("shop/web", { verb: "resume" });
    expect(resumed?.text).toContain("start shop-web-1 (somebody else has changed shop-web-1 in deploy.replicas)");
    expect(resumed?.text.match(/start shop-web-1/g)).toHaveLength(1);
    await controller.surface.resume("shop/web");
    await life.stage.until("it is as before", () => runningIds(life).length === 2 && serves(controller, "a"));
    expect(updates).toEqual(["shop_web"]);
    await controller.stop();
  });

  it.each(["another image", "a rollback"])("is not held against a rollout that is under way: %s", async (what) => {
    const { life, controller } = await serving();
    life.push("b");
    life.swarm.publish(digestOf("c"), { exitsAfterMs: 200, exitCode: 3 });
    controller.surface.reconcile(["shop/web"], "hook");
    await life.stage.until(
      "b is on its way",
      () => specOf(life)?.TaskTemplate.ContainerSpec.Image.endsWith(digestOf("b")) === true,
    );
    if (what === "a rollback") life.swarm.rollBack("shop_web");
    else await update(life, container({ Image: imageOf("c") }));
    await life.stage.until("b serves", () => serves(controller, "b"));
    await life.stage.pass(10_000);
    expect(life.running()).toEqual([digestOf("b"), digestOf("b")]);
    expect(statusOf(controller)).toMatchObject({ sync: "Synced", health: "Healthy" });
    await controller.stop();
  });

  it("takes what a manager makes of a body for no change, after one try", async () => {
    const life = await openSwarmLife([webOf()]);
    const updates: string[] = [];
    const { cluster } = life.swarm;
    const odd: Cluster = {
      ...counted(cluster, updates),
      look: async () => {
        const view = await cluster.look();
        return {
          ...view,
          services: view.services.map((one) => ({
            ...one,
            spec: container({ Isolation: "default", Newest: "x" })(one.spec),
          })),
        };
      },
    };
    life.push("a");
    const first = await life.start({ cluster: odd });
    await life.stage.until("a serves", () => serves(first, "a"));
    await life.stage.pass(60_000);
    expect(updates).toEqual([]);
    await first.stop();
    const second = await life.start({ cluster: odd });
    await life.stage.pass(120_000);
    expect(updates).toEqual(["shop_web"]);
    expect(statusOf(second)).toMatchObject({ sync: "Synced", health: "Healthy" });
    await second.stop();
  });
});
