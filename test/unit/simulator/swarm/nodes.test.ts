import { expect, it } from "vitest";
import { bodyOf, isUp, SwarmBench } from "../../../contract/swarm/bench.js";
import { ManualClock } from "../../../simulator/clock.js";
import { simulatedSwarmStage } from "../../../simulator/swarm/stage.js";
import { SimulatedSwarm } from "../../../simulator/swarm/swarm.js";

function twoNodes() {
  const swarm = new SimulatedSwarm(new ManualClock(), [{ hostname: "one" }, { hostname: "two" }]);
  const bench = new SwarmBench();
  bench.open(simulatedSwarmStage(swarm));
  const places = (service: string) =>
    swarm.tasks(service).flatMap((task) => {
      const { state, desired, node = "" } = task;
      return state === "running" && desired === "running" ? [swarm.store.nodes.get(node)?.hostname] : [];
    });
  return { swarm, bench, places };
}

it("spreads over nodes, and leaves one that is drained", async () => {
  const { swarm, bench, places } = twoNodes();
  const id = await bench.settled({ name: "web", image: await bench.image({ kind: "good" }), replicas: 2 });
  expect(places("web").sort()).toEqual(["one", "two"]);
  swarm.setAvailability("two", "drain");
  await bench.until(id, ({ tasks }) => tasks.filter(isUp).length === 2);
  expect(places("web")).toEqual(["one", "one"]);
});

it("replaces what it hears nothing of, while that goes on running until it is heard of again", async () => {
  const { swarm, bench, places } = twoNodes();
  const id = await bench.settled({ name: "web", image: await bench.image({ kind: "good" }), replicas: 2 });
  const lost = swarm.tasks("web").find(({ node }) => node === swarm.node("two").id);
  swarm.partition("two");
  const { tasks } = await bench.until(id, (seen) => seen.tasks.filter(isUp).length === 2 && places("web").length === 2);
  await bench.until(id, () => places("web").every((place) => place === "one"));
  expect((await bench.see(id)).tasks.find((task) => task.id === lost?.id)).toMatchObject({
    state: "running",
    desired: "shutdown",
  });
  expect(tasks.length).toBeGreaterThan(1);
  await expect(swarm.cluster.taskLog(lost?.id ?? "", 5)).rejects.toMatchObject({ code: "LogUnreadable" });
  swarm.reconnect("two");
  await bench.until(id, (seen) => seen.tasks.find((task) => task.id === lost?.id)?.state === "shutdown");
});

it("has a global service follow its nodes", async () => {
  const { swarm, bench, places } = twoNodes();
  const id = await bench.create({ name: "each", image: await bench.image({ kind: "good" }), mode: { Global: {} } });
  await bench.until(id, () => places("each").length === 2);
  swarm.setAvailability("two", "drain");
  await bench.until(id, () => places("each").length === 1);
  swarm.setAvailability("two", "active");
  await bench.until(id, () => places("each").length === 2);
});

it("rejects on one node alone where the registry is away from that", async () => {
  const { swarm, bench } = twoNodes();
  swarm.node("two").registry = false;
  const body = bodyOf({ name: "web", image: await bench.image({ kind: "good" }), replicas: 2 });
  const TaskTemplate = { ...body.TaskTemplate, Placement: { MaxReplicas: 1 } };
  const id = await swarm.cluster.createService({ ...body, TaskTemplate });
  const { tasks } = await bench.until(id, (seen) => seen.tasks.some(({ state }) => state === "rejected"));
  expect(tasks.find(({ state }) => state === "rejected")?.node).toBe(swarm.node("two").id);
});

it("answers nothing where the managers have no majority", async () => {
  const { swarm } = twoNodes();
  for (const fault of ["no-manager", "no-quorum"] as const) {
    swarm.fault = fault;
    await expect(swarm.cluster.look()).rejects.toMatchObject({ code: "SwarmUnavailable" });
  }
});

it("replaces a task of the old spec by one of the new while an update is paused", async () => {
  const { swarm, bench } = twoNodes();
  const wish = { name: "web", image: await bench.image({ kind: "good" }), replicas: 2 };
  const id = await bench.settled(wish);
  await bench.update(id, bodyOf({ ...wish, image: await bench.image({ kind: "crashes" }), generation: "2" }));
  const { service, tasks } = await bench.until(id, (seen) => seen.service.update?.state === "paused");
  const untouched = tasks.find((task) => isUp(task) && !tasks.some((o) => o.slot === task.slot && o !== task));
  const [task] = swarm.tasks("web").filter((one) => one.id === untouched?.id);
  swarm.crash(task!);
  const slot = untouched?.slot;
  const after = await bench.until(id, (seen) => seen.tasks.filter((one) => one.slot === slot).length > 1);
  expect(after.tasks.find((one) => one.slot === slot)?.labels).toEqual({ generation: "2" });
  expect(after.service.update).toEqual(service.update);
});
