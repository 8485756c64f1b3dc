import type { SimulatedNode, SimulatedTask, SwarmStore } from "./store.js";
import { isOver } from "./store.js";
import { effectiveCheck, healthChanges, type Behaviour } from "../behaviour.js";
import type { Healthcheck } from "../../../src/compose/model/service.js";
import { given } from "../../../src/tools/present.js";

const prepareMs = 50;
const startMs = 150;
const stopMs = 200;

/** What the nodes do with the tasks that they are given. */
export class Agents {
  /** What will happen to the container of a task by itself. */
  readonly #ahead = new Map<string, (() => void)[]>();

  constructor(private readonly store: SwarmStore) {
    store.follow((task) => {
      this.#obey(task);
    });
  }

  /** Whatever a node runs is gone at once. */
  kill(node: SimulatedNode): void {
    for (const task of this.store.tasks.values()) if (task.node === node.id) this.#callOff(task);
  }

  /** It hears what was decided without it; what does not run any more it tells. */
  reconnect(node: SimulatedNode): void {
    for (const task of [...this.store.tasks.values()].filter((one) => one.node === node.id)) {
      if (isOver(task)) continue;
      if (task.desired === "shutdown" || task.desired === "remove") this.#stop(task);
      else if (task.state === "running" && !this.#ahead.has(task.id))
        this.store.enter(task, "failed", "started", "No such container");
      else this.#obey(task);
    }
  }

  /** The container of a task ends by itself. */
  crash(task: SimulatedTask, exitCode: number): void {
    if (!isOver(task)) this.#end(task, exitCode);
  }

  #obey(task: SimulatedTask): void {
    const node = this.store.nodes.get(task.node ?? "");
    if (node?.connected !== true || isOver(task)) return;
    if (task.desired === "shutdown" || task.desired === "remove") {
      this.#stop(task);
      return;
    }
    if (task.state === "assigned") this.#prepare(task, node);
    else if (task.state === "ready" && task.desired !== "ready") this.#start(task);
  }

  #prepare(task: SimulatedTask, node: SimulatedNode): void {
    this.store.enter(task, "preparing", "preparing");
    const { Image } = task.template.ContainerSpec;
    const behaviour = this.store.behaviourOf(Image);
    const isHere = node.images.has(Image);
    this.#later(task, prepareMs + (isHere ? 0 : (behaviour?.pullMs ?? 0)), () => {
      if (!isHere && (behaviour === undefined || !node.registry)) {
        this.store.enter(task, "rejected", "preparing", `No such image: ${Image}`);
        return;
      }
      node.images.add(Image);
      this.store.enter(task, "ready", "prepared");
    });
  }

  #start(task: SimulatedTask): void {
    const behaviour = this.store.behaviourOf(task.template.ContainerSpec.Image) ?? {};
    this.store.enter(task, "starting", "starting");
    this.#later(task, startMs, () => {
      task.container = this.store.newContainer();
      task.output.push(...(behaviour.output ?? []), ...(behaviour.errors ?? []));
      this.#live(task, behaviour);
    });
  }

  /** From the start of its process on. */
  #live(task: SimulatedTask, behaviour: Behaviour): void {
    const { exitsAfterMs, exitCode = 1 } = behaviour;
    const check = effectiveCheck(behaviour, ownCheck(task.template.ContainerSpec["Healthcheck"]));
    const run = () => {
      if (task.state === "starting") this.store.enter(task, "running", "started");
    };
    if (exitsAfterMs !== undefined)
      this.#later(task, exitsAfterMs, () => {
        this.#end(task, exitCode);
      });
    if (check === undefined) {
      run();
      return;
    }
    for (const { atMs, to } of healthChanges(behaviour, check)) {
      this.#later(task, atMs, () => {
        if (to === "healthy") run();
        // It is stopped, and a program that takes TERM well ends well.
        else
          this.#later(task, stopMs, () => {
            this.#end(task, 0);
          });
      });
    }
    this.#ahead.set(task.id, this.#ahead.get(task.id) ?? []);
  }

  #end(task: SimulatedTask, exitCode: number): void {
    this.#callOff(task);
    task.exitCode = exitCode;
    if (exitCode === 0) this.store.enter(task, "complete", "finished");
    else this.store.enter(task, "failed", task.state === "running" ? "started" : "starting", nonZero(exitCode));
  }

  #stop(task: SimulatedTask): void {
    if (task.state !== "starting" && task.state !== "running") {
      this.#callOff(task);
      this.#gone(task);
      return;
    }
    if (this.#stopping.has(task.id)) return;
    this.#stopping.add(task.id);
    this.#later(task, stopMs, () => {
      this.#callOff(task);
      if (task.container !== undefined) task.exitCode = 0;
      this.#gone(task);
    });
  }

  readonly #stopping = new Set<string>();

  #gone(task: SimulatedTask): void {
    if (task.desired === "remove") this.store.tasks.delete(task.id);
    this.store.enter(task, "shutdown", "shutdown");
  }

  #later(task: SimulatedTask, ms: number, work: () => void): void {
    const undo = this.store.clock.after(ms, () => {
      if (!isOver(task)) work();
    });
    this.#ahead.set(task.id, [...(this.#ahead.get(task.id) ?? []), undo]);
  }

  #callOff(task: SimulatedTask): void {
    for (const undo of this.#ahead.get(task.id) ?? []) undo();
    this.#ahead.delete(task.id);
  }
}

function nonZero(exitCode: number): string {
  return `task: non-zero exit (${exitCode})`;
}

/** A service's own check, as the API takes it. */
function ownCheck(check: unknown): Healthcheck | undefined {
  if (typeof check !== "object" || check === null) return undefined;
  const { Test, Interval, Timeout, Retries, StartPeriod } = check as Readonly<Record<string, unknown>>;
  const test = Array.isArray(Test) && Test.length > 0 ? (Test as string[]) : undefined;
  if (test?.[0] === "NONE") return { disabled: true };
  const ms = (value: unknown) => (typeof value === "number" && value > 0 ? value / 1_000_000 : undefined);
  return {
    disabled: false,
    ...given({
      test,
      intervalMs: ms(Interval),
      timeoutMs: ms(Timeout),
      startPeriodMs: ms(StartPeriod),
      retries: typeof Retries === "number" && Retries > 0 ? Retries : undefined,
    }),
  } as Healthcheck;
}
