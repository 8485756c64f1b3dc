import { isDeepStrictEqual } from "node:util";
import type { UpdateBody } from "../../../src/swarm/model/body.js";
import type { Scheduler } from "./scheduler.js";
import { isOver, isWanted, type SimulatedService, type SimulatedTask, type SwarmStore } from "./store.js";
import { Updater } from "./updater.js";

const usualRestartMs = 5_000;
/** Of each slot so many tasks are remembered. */
const historyLimit = 5;

/** What an updater has done to tasks. */
export interface Makers {
  /** A task that is prepared, and starts when it is released. */
  make(service: SimulatedService, slot: number | undefined, node?: string): SimulatedTask;
  release(task: SimulatedTask): void;
  /** Once none of the others runs. */
  releaseAfter(task: SimulatedTask, others: readonly SimulatedTask[]): void;
  shut(task: SimulatedTask): void;
  failed(service: SimulatedService, action: UpdateBody["FailureAction"], task: string): void;
}

/** Sees to it that each service has the tasks that it is to have. */
export class Orchestrator implements Makers {
  readonly #updaters = new Map<string, Updater>();

  constructor(
    private readonly store: SwarmStore,
    private readonly scheduler: Scheduler,
  ) {
    store.follow((task) => {
      this.#restart(task);
    });
  }

  reconcile(service: SimulatedService): void {
    const { Mode } = service.spec;
    if ("ReplicatedJob" in Mode || "GlobalJob" in Mode) {
      this.#runJob(service);
      return;
    }
    const slots = this.#slots(service);
    if ("Replicated" in Mode) {
      const { Replicas } = Mode.Replicated;
      const sorted = [...slots].sort(([left], [right]) => Number(left) - Number(right));
      for (const [, tasks] of sorted.splice(Replicas)) for (const task of tasks) this.#remove(task);
      this.#update(
        service,
        sorted.map(([, tasks]) => tasks),
      );
      const taken = new Set(sorted.map(([slot]) => Number(slot)));
      for (let slot = 1, missing = Replicas - taken.size; missing > 0; slot += 1) {
        if (taken.has(slot)) continue;
        missing -= 1;
        this.release(this.make(service, slot));
      }
      return;
    }
    const nodes = [...this.store.nodes.values()].filter((node) => this.scheduler.suits(node, service));
    const suited = new Set(nodes.map(({ id }) => id));
    for (const [node, tasks] of slots) if (!suited.has(node)) for (const task of tasks) this.shut(task);
    this.#update(
      service,
      [...slots].filter(([node]) => suited.has(node)).map(([, tasks]) => tasks),
    );
    for (const { id } of nodes) if (!slots.has(id)) this.release(this.make(service, undefined, id));
  }

  /** It is gone; its tasks follow. */
  forget(service: SimulatedService): void {
    this.#updaters.get(service.id)?.cancel();
    this.#updaters.delete(service.id);
    for (const task of this.store.tasksOf(service.id)) this.#remove(task);
  }

  /** What runs where nothing is to run any more gets a successor elsewhere. */
  evacuate(node: string): void {
    for (const task of [...this.store.tasks.values()]) if (task.node === node && isWanted(task)) this.#replace(task);
    for (const service of [...this.store.services.values()]) if ("Global" in service.spec.Mode) this.reconcile(service);
  }

  make(service: SimulatedService, slot: number | undefined, node?: string): SimulatedTask {
    const now = this.store.now();
    const task: SimulatedTask = {
      id: this.store.newId(),
      service: service.id,
      slot,
      node,
      createdAt: now,
      since: now,
      state: "new",
      desired: "ready",
      message: "created",
      error: "",
      container: undefined,
      exitCode: undefined,
      template: service.spec.TaskTemplate,
      endpoint: service.spec.EndpointSpec,
      iteration: service.iteration,
      output: [],
    };
    this.store.tasks.set(task.id, task);
    this.scheduler.added(task);
    this.#forgetOldest(task);
    return task;
  }

  release(task: SimulatedTask): void {
    if (task.desired !== "ready") return;
    const mode = this.store.services.get(task.service)?.spec.Mode ?? {};
    task.desired = "ReplicatedJob" in mode || "GlobalJob" in mode ? "complete" : "running";
    this.store.changed(task);
  }

  releaseAfter(task: SimulatedTask, others: readonly SimulatedTask[]): void {
    const stopped = () => others.every((other) => isOver(other) || !this.store.tasks.has(other.id));
    if (stopped()) {
      this.release(task);
      return;
    }
    const undo = this.store.follow(() => {
      if (!stopped()) return;
      undo();
      this.release(task);
    });
  }

  shut(task: SimulatedTask): void {
    task.desired = "shutdown";
    this.store.changed(task);
    this.scheduler.added(task);
  }

  failed(service: SimulatedService, action: UpdateBody["FailureAction"], task: string): void {
    const { update } = service;
    if (update === undefined) return;
    const why = `due to failure or early termination of task ${task}`;
    if (update.state === "rollback_started") {
      this.store.setUpdate(service, { ...update, state: "rollback_paused", message: `rollback paused ${why}` });
      return;
    }
    if (action === "pause" || service.previous === undefined) {
      this.store.setUpdate(service, { ...update, state: "paused", message: `update paused ${why}` });
      return;
    }
    const [spec, previous] = [service.previous, service.spec];
    Object.assign(service, { spec, previous });
    const startedAt = this.store.now();
    this.store.setUpdate(service, { state: "rollback_started", startedAt, message: `update rolled back ${why}` });
    this.reconcile(service);
  }

  #update(service: SimulatedService, slots: readonly (readonly SimulatedTask[])[]): void {
    const before = this.#updaters.get(service.id);
    if (before !== undefined && isDeepStrictEqual(before.spec, service.spec)) return;
    before?.cancel();
    const updater = new Updater(this.store, this, service, slots);
    this.#updaters.set(service.id, updater);
    updater.run();
  }

  #runJob(service: SimulatedService): void {
    const { Mode } = service.spec;
    const old = this.store.tasksOf(service.id).filter(({ iteration }) => iteration !== service.iteration);
    for (const task of old) if (isWanted(task) && !isOver(task)) this.#remove(task);
    const own = this.store.tasksOf(service.id).filter(({ iteration }) => iteration === service.iteration);
    if ("ReplicatedJob" in Mode) {
      const { MaxConcurrent, TotalCompletions } = Mode.ReplicatedJob;
      const begun = own.filter((task) => task.state === "complete" || (isWanted(task) && !isOver(task)));
      const active = begun.filter((task) => !isOver(task)).length;
      // What has failed for good is not begun again.
      const left = TotalCompletions - begun.length - own.filter((task) => isOver(task) && !isWanted(task)).length;
      for (let count = Math.min(MaxConcurrent - active, left); count > 0; count -= 1)
        this.release(this.make(service, undefined));
      return;
    }
    for (const node of this.store.nodes.values())
      if (this.scheduler.suits(node, service) && !own.some((task) => task.node === node.id))
        this.release(this.make(service, undefined, node.id));
  }

  /** A task that is over and was not to be. */
  #restart(task: SimulatedTask): void {
    if (!isOver(task)) return;
    this.scheduler.retry();
    const service = this.store.services.get(task.service);
    if (service === undefined || !isWanted(task)) return;
    if (task.desired === "complete" && task.state === "complete") {
      this.#runJob(service);
      return;
    }
    this.#replace(task);
  }

  #replace(task: SimulatedTask): void {
    const service = this.store.services.get(task.service);
    if (service === undefined) return;
    const node = this.store.nodes.get(task.node ?? "");
    this.shut(task);
    if (!this.#mayRestart(task, service)) return;
    const isGlobal = "Global" in service.spec.Mode || "GlobalJob" in service.spec.Mode;
    if (isGlobal && (node === undefined || !this.scheduler.suits(node, service))) return;
    // Always of what the service is now, whatever the task was of.
    const next = this.make(service, task.slot, isGlobal ? task.node : undefined);
    const { Delay = 0 } = service.spec.TaskTemplate.RestartPolicy ?? {};
    const leaves = node?.availability === "drain";
    this.store.clock.after(leaves ? 0 : Delay === 0 ? usualRestartMs : Delay / 1_000_000, () => {
      const isAway = node === undefined || node.state === "down";
      this.releaseAfter(next, isAway ? [] : [task]);
    });
  }

  #mayRestart(task: SimulatedTask, service: SimulatedService): boolean {
    const { Condition = "any", MaxAttempts = 0 } = service.spec.TaskTemplate.RestartPolicy ?? {};
    if (Condition === "none" || (Condition === "on-failure" && task.state === "complete")) return !isOver(task);
    const before = this.store
      .tasksOf(service.id)
      .filter((other) => other.slot === task.slot && other.template === task.template && isOver(other));
    return MaxAttempts === 0 || before.length <= MaxAttempts;
  }

  #remove(task: SimulatedTask): void {
    if (isOver(task)) {
      if (!this.store.services.has(task.service)) this.store.tasks.delete(task.id);
      return;
    }
    task.desired = "remove";
    this.store.changed(task);
    this.scheduler.added(task);
  }

  /** Tasks that are to be, by slot, or of a global service by node. */
  #slots(service: SimulatedService): Map<string, SimulatedTask[]> {
    const slots = new Map<string, SimulatedTask[]>();
    for (const task of this.store.tasksOf(service.id)) {
      if (!isWanted(task)) continue;
      const key = task.slot === undefined ? (task.node ?? "") : String(task.slot);
      slots.set(key, [...(slots.get(key) ?? []), task]);
    }
    return slots;
  }

  #forgetOldest({ service, slot, node }: SimulatedTask): void {
    const ofSlot = this.store
      .tasksOf(service)
      .filter((task) => task.slot === slot && (slot !== undefined || task.node === node));
    const dead = ofSlot.filter((task) => isOver(task) && !isWanted(task));
    for (const task of dead.slice(0, Math.max(ofSlot.length - historyLimit, 0))) this.store.tasks.delete(task.id);
  }
}
