import { expect, it } from "vitest";
import type { ListedTask } from "../../../../src/docker/swarm/answers.js";
import { nodeOf, taskOf } from "../../../../src/docker/swarm/view.js";

const head = {
  ID: "abc",
  Version: { Index: 7 },
  CreatedAt: "2030-01-01T00:00:00.5Z",
  UpdatedAt: "2030-01-01T00:00:01Z",
};

function listed(status: Partial<ListedTask["Status"]>, more: Partial<ListedTask> = {}): ListedTask {
  const Spec = { ContainerSpec: { Image: "r/a@sha256:1", Labels: { generation: "1" } } };
  return { ...head, ServiceID: "s", DesiredState: "running", Spec, Status: { State: "running", ...status }, ...more };
}

it("takes no exit code for one of what has not ended", () => {
  const ContainerStatus = { ContainerID: "c", ExitCode: -1 };
  expect(taskOf(listed({ ContainerStatus })).exitCode).toBeUndefined();
  expect(taskOf(listed({ State: "shutdown", ContainerStatus: { ...ContainerStatus, ExitCode: 0 } })).exitCode).toBe(0);
  expect(taskOf(listed({ State: "rejected", ContainerStatus: { ExitCode: 0 } })).exitCode).toBeUndefined();
});

it("names a host port once, whatever the API says of it", () => {
  const port = { Protocol: "tcp", TargetPort: 80, PublishedPort: 8080 };
  const { hostPorts } = taskOf(listed({ PortStatus: { Ports: [port, port] } }));
  expect(hostPorts).toEqual([{ protocol: "tcp", target: 80, published: 8080 }]);
});

it("leaves out the slot and the node of a task that has none, and takes its creation for its beginning", () => {
  const task = taskOf(listed({ State: "pending", Timestamp: "0001-01-01T00:00:00Z" }, { Slot: 0, NodeID: "" }));
  expect(task).not.toHaveProperty("slot");
  expect(task).not.toHaveProperty("node");
  expect(task.since).toBe(task.createdAt);
});

it("says a node's platform as images do", () => {
  const node = {
    ...{ ...head, Spec: { Role: "worker", Availability: "active" }, Status: { State: "ready" } },
    Description: { Hostname: "one", Platform: { Architecture: "armv7l", OS: "linux" } },
  };
  expect(nodeOf(node)).toMatchObject({ platform: "linux/arm/v7", hostname: "one", labels: {} });
  expect(nodeOf({ ...node, Description: {} })).not.toHaveProperty("platform");
});
