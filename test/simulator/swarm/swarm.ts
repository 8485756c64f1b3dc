import type { Labels } from "../../../src/swarm/model/body.js";
import type { Cluster, SwarmNode } from "../../../src/swarm/model/cluster.js";
import type { Behaviour } from "../behaviour.js";
import { ManualClock } from "../clock.js";
import { Agents } from "./agent.js";
import { Orchestrator } from "./orchestrator.js";
import { Scheduler } from "./scheduler.js";
import { simulatedCluster } from "./port.js";
import { SwarmStore, type SimulatedNode, type SimulatedTask } from "./store.js";

export interface NodeWish {
  readonly hostname: string;
  readonly role?: SwarmNode["role"];
  readonly labels?: Labels;
}

/** A Swarm in memory: its managers, its nodes, and what the tests do to them. */
export class SimulatedSwarm {
  readonly store: SwarmStore;
  readonly cluster: Cluster;
  /** Why the manager that is asked does not answer as one. */
  fault: "unreachable" | "no-manager" | "no-quorum" | undefined;
  readonly #agents: Agents;
  readonly #orchestrator: Orchestrator;
  readonly #scheduler: Scheduler;

  constructor(
    readonly clock = new ManualClock(),
    nodes: readonly NodeWish[] = [{ hostname: "one" }],
  ) {
    this.store = new SwarmStore(clock);
    this.#scheduler = new Scheduler(this.store);
    this.#orchestrator = new Orchestrator(this.store, this.#scheduler);
    this.#agents = new Agents(this.store);
    for (const [index, { hostname, role, labels = {} }] of nodes.entries()) {
      const id = this.store.newId();
      this.store.nodes.set(id, {
        ...{ id, hostname, labels, role: role ?? (index === 0 ? "manager" : "worker"), isLeader: index === 0 },
        ...{ availability: "active", state: "ready", connected: true, images: new Set<string>(), registry: true },
      });
    }
    for (const name of ["ingress", "docker_gwbridge"])
      this.store.networks.set(name, { id: this.store.newId(), body: { Name: name, Driver: "overlay" } });
    this.cluster = simulatedCluster(this, this.#orchestrator);
  }

  /** What tasks of an image do. `digest`: `sha256:…`; of one that nobody has published there is none. */
  publish(digest: string, behaviour: Behaviour = {}): void {
    this.store.images.set(digest, behaviour);
  }

  node(hostname: string): SimulatedNode {
    const found = [...this.store.nodes.values()].find((node) => node.hostname === hostname);
    if (found === undefined) throw new Error(`there is no node ${hostname}`);
    return found;
  }

  /** Of a service by its name, the oldest first. */
  tasks(service: string): readonly SimulatedTask[] {
    return this.store.tasksOf(this.store.serviceNamed(service)?.id ?? "");
  }

  setAvailability(hostname: string, availability: SwarmNode["availability"]): void {
    const node = this.node(hostname);
    node.availability = availability;
    this.store.tell({ kind: "other" });
    if (availability === "drain") this.#orchestrator.evacuate(node.id);
    else this.#opened();
  }

  /** `docker service rollback`: to what stood before the last update. */
  rollBack(name: string): void {
    const service = this.store.serviceNamed(name);
    if (service?.previous === undefined) throw new Error(`${name} has nothing to go back to`);
    const [spec, previous] = [service.previous, service.spec];
    Object.assign(service, { spec, previous, updatedAt: this.store.now(), version: this.store.nextVersion() });
    const startedAt = this.store.now();
    this.store.setUpdate(service, { state: "rollback_started", startedAt, message: "manually requested rollback" });
    this.#orchestrator.reconcile(service);
  }

  /** Its containers go on, and nobody hears of them. The managers notice after `afterMs`. */
  partition(hostname: string, afterMs = 15_000): void {
    const node = this.node(hostname);
    node.connected = false;
    this.clock.after(afterMs, () => {
      if (node.connected) return;
      node.state = "down";
      this.store.tell({ kind: "other" });
      this.#orchestrator.evacuate(node.id);
    });
  }

  /** The same, and its containers are gone. */
  kill(hostname: string, afterMs?: number): void {
    this.#agents.kill(this.node(hostname));
    this.partition(hostname, afterMs);
  }

  reconnect(hostname: string): void {
    const node = this.node(hostname);
    Object.assign(node, { connected: true, state: "ready" });
    this.store.tell({ kind: "other" });
    this.#agents.reconnect(node);
    this.#opened();
  }

  /** The container of a task ends by itself. */
  crash(task: SimulatedTask, exitCode = 137): void {
    this.#agents.crash(task, exitCode);
  }

  #opened(): void {
    this.#scheduler.retry();
    for (const service of [...this.store.services.values()])
      if ("Global" in service.spec.Mode || "GlobalJob" in service.spec.Mode) this.#orchestrator.reconcile(service);
  }
}
