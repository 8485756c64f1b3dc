import { describe, expect, it } from "vitest";
import type { Controller } from "../../../../src/control/controller.js";
import { differencesFrom } from "../../../../src/swarm/engine/differences.js";
import type { ServiceBody } from "../../../../src/swarm/model/body.js";
import { digestOf, specOf } from "../../plan/world.js";
import { drafted } from "../draft/drafted.js";
import { openSwarmLife, serves, statusOf, webOf, type SwarmLife } from "./lives.js";

const namespace = { "com.docker.stack.namespace": "shop" };

/** As `docker stack deploy` makes it of the same file. */
function deployed(letter: string, change: (body: ServiceBody) => ServiceBody = (body) => body): ServiceBody {
  return change({
    Name: "shop_web",
    Labels: { ...namespace, "com.docker.stack.image": "acme/web:latest" },
    TaskTemplate: {
      ContainerSpec: {
        Image: `acme/web:latest@${digestOf(letter)}`,
        Labels: namespace,
        Privileges: { CredentialSpec: null, SELinuxContext: null },
        Isolation: "default",
      },
      Resources: {},
      Placement: { Platforms: [{ Architecture: "amd64", OS: "linux" }] },
      Networks: [{ Target: "shop_default", Aliases: ["web"] }],
      ForceUpdate: 0,
    },
    Mode: { Replicated: { Replicas: 2 } },
    EndpointSpec: { Mode: "vip" },
  });
}

async function stack(
  change?: (body: ServiceBody) => ServiceBody,
): Promise<{ life: SwarmLife; controller: Controller; service: string }> {
  const life = await openSwarmLife([webOf({ replicas: 2 })]);
  life.push("a");
  await life.swarm.cluster.createNetwork({ Name: "shop_default", Driver: "overlay", Labels: namespace });
  const service = await life.swarm.cluster.createService(deployed("a", change));
  await life.stage.pass(5_000);
  const controller = await life.start();
  return { life, controller, service };
}

const ready = (controller: Controller) => statusOf(controller)?.conditions.find(({ type }) => type === "Ready");
const shown = (life: SwarmLife) => JSON.stringify(life.swarm.store.serviceNamed("shop_web"));
const runningIds = (life: SwarmLife) =>
  life.swarm
    .tasks("shop_web")
    .filter(({ state, desired }) => state === "running" && desired === "running")
    .map(({ id }) => id);

describe("a stack that was deployed by others", () => {
  it("is left alone until it is adopted, and then too where it is what the file asks for", async () => {
    const { life, controller } = await stack();
    const before = shown(life);
    await life.stage.until("a conflict", () => ready(controller)?.reason === "NameConflict");
    expect(ready(controller)?.message).toContain("docker stack deploy runs shop/web as shop_web");
    expect((await controller.surface.preview("shop/web", { verb: "adopt" }))?.text).toContain(
      "is what the file asks for",
    );
    expect(await controller.surface.adopt("shop/web")).toEqual(["shop_web"]);
    await life.stage.until("a serves", () => serves(controller, "a"));
    await life.stage.pass(60_000);
    expect(shown(life)).toBe(before);
    expect(statusOf(controller)).toMatchObject({ sync: "Synced", replicas: { desired: 2, ready: 2 } });
    await controller.stop();
    const again = await life.start();
    await life.stage.until("a serves still", () => serves(again, "a"));
    expect(shown(life)).toBe(before);
    await again.stop();
  });

  it("rolls out from there, and comes back to the very tasks' spec from what fails", async () => {
    const { life, controller } = await stack();
    await life.stage.until("a conflict", () => ready(controller)?.reason === "NameConflict");
    await controller.surface.adopt("shop/web");
    await life.stage.until("a serves", () => serves(controller, "a"));
    const found = life.swarm.store.serviceNamed("shop_web")?.spec;
    const [one] = runningIds(life);
    life.push("b", { exitsAfterMs: 200, exitCode: 3 });
    controller.surface.reconcile(["shop/web"], "hook");
    await life.stage.until("b is held", () => {
      const status = statusOf(controller);
      return status?.sync === "Held" && status.health === "Healthy";
    });
    await life.stage.pass(10_000);
    expect(life.swarm.store.serviceNamed("shop_web")?.spec).toEqual(found);
    expect(life.running()).toEqual([digestOf("a"), digestOf("a")]);
    expect(runningIds(life)).toContain(one);
    life.push("c");
    controller.surface.reconcile(["shop/web"], "hook");
    await life.stage.until("c serves", () => serves(controller, "c"));
    await life.stage.pass(10_000);
    expect(life.running()).toEqual([digestOf("c"), digestOf("c")]);
    expect(await life.containers()).toEqual(["shop-web-1 running", "shop_web.previous exited"]);
    life.push("d");
    controller.surface.reconcile(["shop/web"], "hook");
    await life.stage.until("d serves", () => serves(controller, "d"));
    await life.stage.pass(10_000);
    expect(await life.containers()).toEqual(["shop-web-1 running", "shop-web-1.previous exited"]);
    await controller.stop();
  });

  it("is said to differ where it does, and is replaced by a rollout", async () => {
    const { life, controller } = await stack((body) => ({
      ...body,
      TaskTemplate: {
        ...body.TaskTemplate,
        ContainerSpec: { ...body.TaskTemplate.ContainerSpec, Env: ["TOKEN=hunter2"] },
      },
    }));
    await life.stage.until("a conflict", () => ready(controller)?.reason === "NameConflict");
    const text = (await controller.surface.preview("shop/web", { verb: "adopt" }))?.text ?? "";
    expect(text).toContain("differs from the file in environment");
    expect(text).not.toContain("hunter2");
    await controller.surface.adopt("shop/web");
    await life.stage.until("the new one serves", () => statusOf(controller)?.revision === 1 && serves(controller, "a"));
    expect(life.swarm.store.serviceNamed("shop_web")?.spec.TaskTemplate.ContainerSpec["Env"]).toBeUndefined();
    await controller.stop();
  });
});

it("is replaced by a rollout where somebody changes it once it is adopted", async () => {
  const { life, controller, service } = await stack();
  await life.stage.until("a conflict", () => ready(controller)?.reason === "NameConflict");
  await controller.surface.adopt("shop/web");
  await life.stage.until("a serves", () => serves(controller, "a"));
  const seen = life.swarm.store.services.get(service);
  if (seen === undefined) throw new Error("it is gone");
  await life.swarm.cluster.updateService(seen, { ...seen.spec, Mode: { Replicated: { Replicas: 4 } } });
  await life.stage.until("two of ours serve", () => statusOf(controller)?.revision === 1 && serves(controller, "a"));
  expect(life.running()).toHaveLength(2);
  await controller.stop();
});

it.each([
  ["nothing", {}, []],
  ["a label of the service", { Labels: { ...namespace, "traefik.enable": "true" } }, ["deploy.labels"]],
  ["its replicas", { Mode: { Replicated: { Replicas: 3 } } }, ["deploy.replicas"]],
  ["how it is updated", { UpdateConfig: { Parallelism: 7, FailureAction: "continue" } }, []],
] as const)("compares with what the file would make: %s", (_, change, fields) => {
  const { body } = drafted(specOf({ replicas: 2 }));
  const found = { ...deployed("a"), ...change };
  expect(differencesFrom(found, body).map(({ field }) => field)).toEqual(fields);
});
