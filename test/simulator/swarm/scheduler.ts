import { isOver, type SimulatedNode, type SimulatedService, type SimulatedTask, type SwarmStore } from "./store.js";

const assignMs = 20;

/** Finds a node for each task that has none. */
export class Scheduler {
  constructor(private readonly store: SwarmStore) {}

  /** Whoever has made a task says so. */
  added(task: SimulatedTask): void {
    this.store.clock.after(assignMs, () => {
      this.#assign(task);
    });
  }

  /** Something has changed: what had no place may have one now. */
  retry(): void {
    for (const task of this.store.tasks.values()) if (task.state === "pending") this.#assign(task);
  }

  /** Whether a global service has a task there. */
  suits(node: SimulatedNode, service: SimulatedService): boolean {
    return node.state === "ready" && node.availability === "active" && meets(node, constraintsOf(service.spec));
  }

  #assign(task: SimulatedTask): void {
    if (isOver(task) || (task.state !== "new" && task.state !== "pending")) return;
    if (task.desired === "shutdown" || task.desired === "remove") {
      if (task.desired === "remove") this.store.tasks.delete(task.id);
      this.store.enter(task, "shutdown", "shutdown");
      return;
    }
    const found = this.#find(task);
    if (typeof found === "string") {
      if (task.state !== "pending" || task.error !== found)
        this.store.enter(task, "pending", "pending task scheduling", found);
      return;
    }
    task.node = found.id;
    this.store.enter(task, "assigned", "scheduler assigned task to node");
  }

  /** A node, or why there is none. */
  #find(task: SimulatedTask): SimulatedNode | string {
    const { template } = task;
    let left = [...this.store.nodes.values()];
    const filters: readonly (readonly [string, (node: SimulatedNode) => boolean])[] = [
      ["not available for new tasks", (node) => node.state === "ready" && node.availability === "active"],
      ["scheduling constraints not satisfied", (node) => meets(node, template.Placement?.Constraints ?? [])],
      ["host-mode port already in use", (node) => this.#portsAreFree(task, node)],
      ["max replicas per node limit exceed", (node) => this.#hasRoom(task, node)],
    ];
    // A task of a global service knows its node before it is there.
    if (task.node !== undefined) left = left.filter(({ id }) => id === task.node);
    const reasons: string[] = [];
    for (const [reason, fits] of filters) {
      const before = left.length;
      left = left.filter(fits);
      if (left.length < before)
        reasons.push(`${reason} on ${before - left.length} node${before - left.length > 1 ? "s" : ""}`);
    }
    const load = (node: SimulatedNode) => {
      const there = [...this.store.tasks.values()].filter((one) => one.node === node.id && !isOver(one));
      return there.filter(({ service }) => service === task.service).length * 1_000 + there.length;
    };
    const [best] = left.sort((left_, right) => load(left_) - load(right));
    return best ?? `no suitable node (${reasons.join("; ")})`;
  }

  #portsAreFree(task: SimulatedTask, node: SimulatedNode): boolean {
    const wanted = hostPorts(task);
    const others = [...this.store.tasks.values()].filter((one) => one !== task && one.node === node.id && !isOver(one));
    const taken = new Set(others.flatMap(hostPorts));
    return wanted.every((port) => !taken.has(port));
  }

  #hasRoom({ id, service, template }: SimulatedTask, node: SimulatedNode): boolean {
    const most = template.Placement?.MaxReplicas ?? 0;
    const there = this.store.tasksOf(service).filter((one) => one.id !== id && one.node === node.id && !isOver(one));
    return most === 0 || there.length < most;
  }
}

function hostPorts({ endpoint }: SimulatedTask): readonly string[] {
  return (endpoint?.Ports ?? [])
    .filter(({ PublishMode, PublishedPort }) => PublishMode === "host" && PublishedPort !== undefined)
    .map(({ Protocol, PublishedPort = 0 }) => `${Protocol} ${PublishedPort}`);
}

function constraintsOf({ TaskTemplate }: SimulatedService["spec"]): readonly string[] {
  return TaskTemplate.Placement?.Constraints ?? [];
}

const form = /^([a-z.]+[^\s!=]*)\s*(==|!=)\s*(.+)$/i;

/** Undefined: the managers would not take it. */
export function constraintFault(constraints: readonly string[]): string | undefined {
  return constraints.every((one) => form.test(one)) ? undefined : "constraint expected one operator from ==, !=";
}

function meets(node: SimulatedNode, constraints: readonly string[]): boolean {
  return constraints.every((one) => {
    const [, key = "", operator, value = ""] = form.exec(one) ?? [];
    const isSo = valueOf(node, key).toLowerCase() === value.trim().toLowerCase();
    return operator === "==" ? isSo : !isSo;
  });
}

function valueOf(node: SimulatedNode, key: string): string {
  if (key.startsWith("node.labels.")) return node.labels[key.slice("node.labels.".length)] ?? "";
  switch (key) {
    case "node.id":
      return node.id;
    case "node.hostname":
      return node.hostname;
    case "node.role":
      return node.role;
    case "node.platform.os":
      return "linux";
    default:
      return "";
  }
}
