import { describe, expect, it } from "vitest";
import type { Controller } from "../../../../src/control/controller.js";
import { replicasTable } from "../../../../src/http/page/views/pieces/replicas.js";
import type { ClusterSpec } from "../../../../src/compose/model/cluster.js";
import type { SwarmNode } from "../../../../src/swarm/model/cluster.js";
import { placesOf } from "../../../../src/swarm/engine/places.js";
import { openSwarmLife, serves, statusOf, webOf } from "./lives.js";

const condition = (controller: Controller, wanted: string) => {
  const found = statusOf(controller)?.conditions.find(({ type }) => type === wanted);
  return found === undefined ? undefined : `${found.status} ${found.reason}: ${found.message}`;
};

const placed = (placement: Partial<ClusterSpec["placement"]>, replicas: number) => {
  const spec = webOf({ replicas });
  if (spec.cluster === undefined) throw new Error("it is for no cluster");
  return { ...spec, cluster: { ...spec.cluster, placement: { ...spec.cluster.placement, ...placement } } };
};

const tasksOf = async (controller: Controller) =>
  (await controller.surface.replicas("shop/web")).replicas.flatMap(({ container, tasks = [] }) =>
    tasks.map(({ slot, node, state, error }) => [container, slot, node, state, error]),
  );

describe("where the tasks of a service are", () => {
  it("is shown with their nodes and states, and what keeps one from being placed in Swarm's words", async () => {
    const life = await openSwarmLife([placed({ maxReplicasPerNode: 1 }, 3)], 2);
    life.push("a");
    const controller = await life.start();
    const words = "no suitable node (max replicas per node limit exceed on 2 nodes)";
    await life.stage.until("two run", () => life.running().length === 2);
    await life.stage.pass(5_000);
    expect(await tasksOf(controller)).toEqual([
      ["shop-web-1.next", 1, "node1", "running", undefined],
      ["shop-web-1.next", 2, "node2", "running", undefined],
      ["shop-web-1.next", 3, undefined, "pending", words],
    ]);
    expect(condition(controller, "Scheduled")).toBe(`False Unschedulable: 1 of its tasks wait for a node: ${words}`);
    expect(condition(controller, "NodesReady")).toBe("True Converged: all nodes take tasks");
    const page = replicasTable(await controller.surface.replicas("shop/web")).text;
    for (const text of ["node1", "node2", "pending", words]) expect(page).toContain(text);
    await controller.stop();
  });

  it("says which nodes are away or take no tasks", async () => {
    const life = await openSwarmLife([webOf({ replicas: 2 })], 3);
    life.push("a");
    const controller = await life.start();
    await life.stage.until("a serves", () => serves(controller, "a"));
    expect(condition(controller, "Scheduled")).toBe("True Converged: every task has a node");
    life.swarm.setAvailability("node2", "drain");
    life.swarm.kill("node3", 1_000);
    await life.stage.until("it is said", () => condition(controller, "NodesReady")?.startsWith("False") === true);
    await life.stage.pass(60_000);
    expect(condition(controller, "NodesReady")).toBe(
      "False NodeNotReady: node node2 is set to drain; node node3 is down",
    );
    await life.stage.until("it serves", () => serves(controller, "a"));
    expect(
      (await tasksOf(controller)).filter(([, , , state]) => state === "running").map(([, , node]) => node),
    ).toEqual(["node1", "node1"]);
    await controller.stop();
  });

  it("is not known without a majority of the managers, and the status says what to do", async () => {
    const life = await openSwarmLife();
    life.push("a");
    const controller = await life.start();
    await life.stage.until("a serves", () => serves(controller, "a"));
    life.swarm.fault = "no-quorum";
    await life.stage.until("it is said", () => condition(controller, "Ready")?.startsWith("Unknown") === true);
    expect(condition(controller, "Ready")).toMatch(/^Unknown EngineUnavailable: .*does not have a leader/);
    life.swarm.fault = undefined;
    await life.stage.until("a serves", () => serves(controller, "a"));
    await controller.stop();
  });
});

it.each([
  [["reachable leader", "reachable"], undefined],
  [["reachable", "reachable"], ["no manager is the leader"]],
  [
    ["reachable leader", "reachable", "unreachable"],
    ["manager manager3 is unreachable", "2 of 3 managers are reachable, and 2 are needed to decide anything"],
  ],
])("managers that are %j", (managers, said) => {
  const nodes = managers.map((text, index): SwarmNode => {
    const reachability = text.startsWith("reachable") ? "reachable" : "unreachable";
    const manager = { isLeader: text.endsWith("leader"), reachability } as const;
    return {
      ...{ id: `m${index}`, hostname: `manager${index + 1}`, labels: {}, role: "manager", availability: "active" },
      ...{ state: "ready", manager },
    };
  });
  const config = { id: "c", version: 1, name: "c" };
  const none = { nodes, services: [], tasks: [], networks: new Map(), configs: [], secrets: [] };
  expect(placesOf({ config, swarmService: "shop_web" }, none).nodes).toEqual(said);
});
