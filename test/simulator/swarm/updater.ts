import { isDeepStrictEqual } from "node:util";
import type { ServiceBody, UpdateBody } from "../../../src/swarm/model/body.js";
import type { Makers } from "./orchestrator.js";
import { isOver, isWanted, type SimulatedService, type SimulatedTask, type SwarmStore } from "./store.js";

const usual: UpdateBody = { Parallelism: 1, FailureAction: "pause" };
const usualMonitorMs = 5_000;

type Slot = readonly SimulatedTask[];

/** One update on its way, as SwarmKit's updater goes it: dirty slots, workers, and a watch for what fails. */
export class Updater {
  readonly spec: ServiceBody;
  readonly #dirty: Slot[];
  readonly #count: number;
  /** Tasks that are to come up, and what their worker does then. */
  readonly #awaited = new Map<string, () => void>();
  /** Tasks that this update has made, and since when they run. */
  readonly #updated = new Map<string, number | undefined>();
  readonly #failed = new Set<string>();
  readonly #undo: (() => void)[] = [];
  #working = 0;
  #stopped = false;
  #cancelled = false;

  constructor(
    private readonly store: SwarmStore,
    private readonly makers: Makers,
    private readonly service: SimulatedService,
    slots: readonly Slot[],
  ) {
    this.spec = service.spec;
    this.#dirty = slots.filter((slot) => slot.length > 1 || slot.some((task) => this.#isDirty(task)));
    this.#count = this.#dirty.length;
  }

  run(): void {
    const { state } = this.service.update ?? {};
    if (state === "paused" || state === "rollback_paused") return;
    if (this.#count === 0) {
      if (state === "updating" || state === "rollback_started") this.#complete();
      return;
    }
    if (state === undefined) {
      const startedAt = this.store.now();
      this.store.setUpdate(this.service, { state: "updating", startedAt, message: "update in progress" });
    }
    const { Parallelism } = this.#config;
    if (this.#config.FailureAction !== "continue")
      this.#undo.push(
        this.store.follow((task) => {
          this.#judge(task);
        }),
      );
    this.#undo.push(
      this.store.follow((task) => {
        this.#see(task);
      }),
    );
    const workers = Math.min(Parallelism === 0 ? this.#count : Parallelism, this.#count);
    this.#working = workers;
    for (let worker = 0; worker < workers; worker += 1) this.#next();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#end();
  }

  get #config(): UpdateBody {
    const isWayBack = this.service.update?.state === "rollback_started";
    return (isWayBack ? this.spec.RollbackConfig : this.spec.UpdateConfig) ?? usual;
  }

  #isDirty({ template, endpoint }: SimulatedTask): boolean {
    return !isDeepStrictEqual(template, this.spec.TaskTemplate) || !isDeepStrictEqual(endpoint, this.spec.EndpointSpec);
  }

  #next(): void {
    if (this.#cancelled) return;
    const slot = this.#stopped ? undefined : this.#dirty.shift();
    if (slot === undefined) {
      this.#working -= 1;
      if (this.#working === 0) this.#monitor();
      return;
    }
    const delayMs = (this.#config.Delay ?? 0) / 1_000_000;
    const done = () => {
      this.#later(delayMs, () => {
        this.#next();
      });
    };
    // What a restart has begun meanwhile with the new spec is as good, wherever it stands.
    const present = this.#present(slot);
    const clean = present.filter((task) => !this.#isDirty(task));
    const kept = clean.find(({ desired }) => desired === "running") ?? clean[0];
    if (kept === undefined) this.#replace(present, done);
    else this.#keep(kept, present, done);
  }

  #present(slot: Slot): Slot {
    return slot.filter((task) => this.store.tasks.has(task.id) && isWanted(task));
  }

  /** The one that is there serves; it does not count as this update's. */
  #keep(kept: SimulatedTask, slot: Slot, done: () => void): void {
    for (const task of slot) if (task !== kept) this.makers.shut(task);
    if (kept.desired === "ready") this.makers.release(kept);
    done();
  }

  #replace(slot: Slot, done: () => void): void {
    const startsFirst = this.#config.Order === "start-first";
    const task = this.makers.make(this.service, slot[0]?.slot, slot[0]?.slot === undefined ? slot[0]?.node : undefined);
    this.#updated.set(task.id, undefined);
    this.#awaited.set(task.id, () => {
      if (startsFirst && task.state === "running") for (const old of this.#present(slot)) this.makers.shut(old);
      done();
    });
    if (startsFirst) {
      this.makers.release(task);
      return;
    }
    for (const old of slot) this.makers.shut(old);
    this.makers.releaseAfter(task, slot);
  }

  #see(task: SimulatedTask): void {
    if (this.#cancelled || (task.state !== "running" && !isOver(task))) return;
    const proceed = this.#awaited.get(task.id);
    if (proceed === undefined) return;
    this.#awaited.delete(task.id);
    if (task.state === "running") this.#updated.set(task.id, this.store.now());
    proceed();
  }

  #judge(task: SimulatedTask): void {
    if (this.#stopped || this.#cancelled || !isOver(task) || this.#failed.has(task.id)) return;
    if (!this.#updated.has(task.id)) return;
    const since = this.#updated.get(task.id);
    if (since !== undefined && this.store.now() - since > this.#monitorMs) return;
    this.#failed.add(task.id);
    const { MaxFailureRatio = 0, FailureAction } = this.#config;
    if (this.#failed.size / this.#count <= MaxFailureRatio) return;
    this.#stopped = true;
    this.makers.failed(this.service, FailureAction, task.id);
  }

  get #monitorMs(): number {
    const { Monitor = 0 } = this.#config;
    return Monitor === 0 ? usualMonitorMs : Monitor / 1_000_000;
  }

  #monitor(): void {
    if (this.#stopped) {
      this.#end();
      return;
    }
    this.#later(this.#monitorMs, () => {
      if (!this.#stopped) this.#complete();
      this.#end();
    });
  }

  #complete(): void {
    const { update } = this.service;
    if (update === undefined || this.#cancelled) return;
    const [state, message] =
      update.state === "rollback_started"
        ? (["rollback_completed", "rollback completed"] as const)
        : (["completed", "update completed"] as const);
    this.store.setUpdate(this.service, { ...update, state, message, completedAt: this.store.now() });
  }

  #later(ms: number, work: () => void): void {
    this.#undo.push(
      this.store.clock.after(ms, () => {
        if (!this.#cancelled) work();
      }),
    );
  }

  #end(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }
}
