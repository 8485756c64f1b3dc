import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { connectCluster } from "../../../src/docker/swarm/cluster.js";
import type { SwarmTask } from "../../../src/swarm/model/cluster.js";
import { bodyOf, isUp, SwarmBench, type Wish } from "../../contract/swarm/bench.js";
import { startTwoNodes, updateNode, type TwoNodes } from "../../sandbox/swarm/two-nodes.js";
import { ensurePackages, swarmPackages } from "../../sandbox/host/packages.js";
import { freePort } from "../../sandbox/network/ports.js";
import { publishTask } from "./real-stage.js";

/** On two engines with a cable between them. Each test needs the nodes as the ones before it have left them. */
describe("a Swarm of two nodes", () => {
  const bench = new SwarmBench();
  const opened: { two?: TwoNodes } = {};
  beforeAll(async () => {
    await ensurePackages(swarmPackages);
    const registryUrl = inject("registryUrl");
    const two = (opened.two = await startTwoNodes(registryUrl));
    bench.open({
      cluster: connectCluster({ host: two.manager.engine.host }),
      // Of Docker Hub: either node has the registry for its mirror, at an address of its own.
      publish: async (task) => {
        const { image, ...rest } = await publishTask(registryUrl, "docker.io", task);
        return { image: image.replace(/^docker\.io\//, ""), ...rest };
      },
      freePort,
      interrupt: () => Promise.reject(new Error("nobody stands before this manager")),
      wait: (ms) => sleep(ms),
      close: () => two.close(),
    });
  });
  afterAll(() => opened.two?.close());

  const nodes = (): TwoNodes => {
    if (opened.two === undefined) throw new Error("the nodes could not be started");
    return opened.two;
  };
  const stateOf = async (id: string) => (await bench.look()).nodes.find((node) => node.id === id)?.state;
  const reach = (id: string, state: string) =>
    bench.eventually(`${state} of ${id}`, async () => (await stateOf(id)) === state);
  const placesOf = (tasks: readonly SwarmTask[]) => new Set(tasks.filter(isUp).map(({ node }) => node));
  /** A service with a task on each node. */
  const spread = async (
    what: string,
    more: Partial<Wish> = {},
  ): Promise<{ readonly id: string; readonly wish: Wish }> => {
    const wish: Wish = { name: bench.name(what), image: await bench.image({ kind: "good" }), replicas: 2, ...more };
    const body = bodyOf(wish);
    const Placement = { MaxReplicas: 1 };
    const { cluster } = bench.stage;
    const id = await cluster.createService({ ...body, TaskTemplate: { ...body.TaskTemplate, Placement } });
    await bench.runs(id, 2);
    return { id, wish };
  };

  it("has both, of which one can be asked", async () => {
    const { manager, worker } = nodes();
    const { nodes: seen } = await bench.look();
    expect(seen.find(({ id }) => id === manager.id)).toMatchObject({ role: "manager", labels: { place: "manager" } });
    expect(seen.find(({ id }) => id === worker.id)).toMatchObject({ role: "worker", labels: { place: "worker" } });
    expect(seen.find(({ id }) => id === worker.id)?.manager).toBeUndefined();
    await expect(connectCluster({ host: worker.engine.host }).look()).rejects.toMatchObject({
      code: "SwarmUnavailable",
      remedy: expect.stringContaining("DOCKER_HOST") as string,
    });
  });

  it("runs two replicas on both, and says the words of either", async () => {
    const { manager, worker } = nodes();
    const { id } = await spread("both");
    const { tasks } = await bench.see(id);
    expect(placesOf(tasks)).toEqual(new Set([manager.id, worker.id]));
    for (const task of tasks) {
      expect((await bench.stage.cluster.taskLog(task.id, 5)).at(-1)).toMatch(/listening on 8080$/);
    }
    await bench.remove(id);
  });

  it("moves what runs on a node that is drained", async () => {
    const { manager, worker } = nodes();
    const wish: Wish = { name: bench.name("drained"), image: await bench.image({ kind: "good" }), replicas: 2 };
    const id = await bench.settled(wish);
    await updateNode(manager.docker, worker.id, { Availability: "drain" });
    const { tasks } = await bench.until(id, (seen) => {
      const up = seen.tasks.filter(isUp);
      return up.length === 2 && up.every(({ node }) => node === manager.id);
    });
    expect((await bench.see(id)).service.update).toBeUndefined();
    expect(tasks.filter(({ node }) => node === worker.id).every(({ desired }) => desired === "shutdown")).toBe(true);
    await updateNode(manager.docker, worker.id, { Availability: "active" });
    await bench.remove(id);
  });

  it("replaces what it hears nothing of, while that goes on running", async () => {
    const pair = nodes();
    const { manager, worker } = pair;
    const wish: Wish = { name: bench.name("parted"), image: await bench.image({ kind: "good" }) };
    const body = bodyOf(wish);
    const Placement = { Preferences: [], Constraints: ["node.labels.place==worker"] };
    const { cluster } = bench.stage;
    const id = await cluster.createService({ ...body, TaskTemplate: { ...body.TaskTemplate, Placement } });
    const [there] = (await bench.runs(id, 1)).tasks;
    await bench.update(id, { ...body, TaskTemplate: { ...body.TaskTemplate, Placement } });
    await pair.connect(false);
    await reach(worker.id, "down");
    const { tasks } = await bench.until(id, (seen) => seen.tasks.length > 1);
    // The one that is cut off is to end, and cannot be told.
    expect(tasks.find((task) => task.id === there?.id)).toMatchObject({ state: "running", desired: "shutdown" });
    expect(tasks[0]?.error).toMatch(/^no suitable node/);
    const running = await worker.docker.listContainers({ filters: { id: [there?.container ?? ""] } });
    expect(running).toHaveLength(1);
    await pair.connect(true);
    await reach(worker.id, "ready");
    await bench.runs(id, 1);
    await bench.until(id, (seen) => seen.tasks.find((task) => task.id === there?.id)?.state !== "running");
    expect((await bench.see(id)).tasks.find(isUp)?.node).toBe(worker.id);
    expect(manager.id).not.toBe(worker.id);
    await bench.remove(id);
  });

  it("has one node without the image where the registry is away from that", async () => {
    const { manager, worker } = nodes();
    const { id, wish } = await spread("imageless");
    const body = bodyOf({ ...wish, image: await bench.image({ kind: "good" }, "2"), generation: "2" });
    await worker.loseRegistry();
    const Placement = { MaxReplicas: 1 };
    const update = { ...body.UpdateConfig, Parallelism: 1, FailureAction: "pause", Order: "stop-first" } as const;
    await bench.update(id, { ...body, UpdateConfig: update, TaskTemplate: { ...body.TaskTemplate, Placement } });
    const { tasks } = await bench.until(id, ({ service }) => service.update?.state === "paused");
    const rejected = tasks.filter(({ state }) => state === "rejected");
    expect(new Set(rejected.map(({ node }) => node))).toEqual(new Set([worker.id]));
    expect(rejected[0]?.error).toMatch(/^No such image/);
    expect(tasks.filter(isUp).every(({ node, labels }) => node === manager.id || labels["generation"] === "1")).toBe(
      true,
    );
    await bench.remove(id);
  });

  it("does without a node that is gone, and says so where its words are asked for", async () => {
    const { manager, worker } = nodes();
    const { id } = await spread("gone");
    const [lost] = (await bench.see(id)).tasks.filter(({ node }) => node === worker.id);
    await worker.engine.kill();
    await reach(worker.id, "down");
    const { tasks } = await bench.until(id, (seen) => seen.tasks.length > 2);
    expect(tasks.find((task) => task.id === lost?.id)).toMatchObject({ desired: "shutdown" });
    expect(placesOf(tasks)).toEqual(new Set([manager.id]));
    const words = bench.stage.cluster.taskLog(lost?.id ?? "", 5);
    await expect(words).rejects.toMatchObject({ code: "LogUnreadable" });
    await worker.engine.restart();
    await reach(worker.id, "ready");
    await bench.runs(id, 2);
    await bench.remove(id);
  });

  it("decides nothing where half of the managers are away", async () => {
    const pair = nodes();
    const { manager, worker } = pair;
    const { cluster } = bench.stage;
    await updateNode(manager.docker, worker.id, { Role: "manager" });
    await bench.eventually("two managers", async () => {
      const { nodes: seen } = await bench.look();
      return seen.every((node) => node.manager?.reachability === "reachable");
    });
    await pair.connect(false);
    const unavailable = { code: "SwarmUnavailable", remedy: expect.stringContaining("more than half") as string };
    await bench.eventually("the loss", () =>
      cluster.look().then(
        () => false,
        () => true,
      ),
    );
    await expect(cluster.look()).rejects.toMatchObject(unavailable);
    const config = { name: bench.name("lost"), labels: {}, content: Buffer.from("x") };
    await expect(cluster.createConfig(config)).rejects.toMatchObject(unavailable);
    await pair.connect(true);
    await bench.eventually("the majority", () =>
      cluster.look().then(
        () => true,
        () => false,
      ),
    );
  });
});
