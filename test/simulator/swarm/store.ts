import { createHash } from "node:crypto";
import type { Labels, ServiceBody } from "../../../src/swarm/model/body.js";
import type {
  ClusterEvent,
  NetworkBody,
  SwarmNode,
  SwarmService,
  TaskState,
} from "../../../src/swarm/model/cluster.js";
import type { Behaviour } from "../behaviour.js";
import type { ManualClock } from "../clock.js";

export interface SimulatedNode {
  readonly id: string;
  readonly hostname: string;
  readonly role: SwarmNode["role"];
  readonly isLeader: boolean;
  labels: Labels;
  availability: SwarmNode["availability"];
  /** What the managers believe. */
  state: "ready" | "down";
  /** Whether it hears of the managers, and they of it. */
  connected: boolean;
  /** What it has pulled. */
  readonly images: Set<string>;
  /** Whether it can pull. */
  registry: boolean;
}

export interface SimulatedService {
  readonly id: string;
  version: number;
  readonly createdAt: number;
  updatedAt: number;
  spec: ServiceBody;
  previous?: ServiceBody;
  update?: NonNullable<SwarmService["update"]>;
  /** Of a job: another number is another run. */
  iteration: number;
}

export interface SimulatedTask {
  readonly id: string;
  readonly service: string;
  readonly slot: number | undefined;
  node: string | undefined;
  readonly createdAt: number;
  since: number;
  state: TaskState;
  desired: TaskState;
  message: string;
  error: string;
  container: string | undefined;
  exitCode: number | undefined;
  /** What it was made of. */
  readonly template: ServiceBody["TaskTemplate"];
  readonly endpoint: ServiceBody["EndpointSpec"];
  readonly iteration: number;
  readonly output: string[];
}

export interface SimulatedContent {
  readonly id: string;
  version: number;
  readonly name: string;
  labels: Labels;
  readonly createdAt: number;
  readonly content: Buffer;
}

/** What the managers have written down, and who is told when it changes. */
export class SwarmStore {
  readonly nodes = new Map<string, SimulatedNode>();
  readonly services = new Map<string, SimulatedService>();
  readonly tasks = new Map<string, SimulatedTask>();
  readonly configs = new Map<string, SimulatedContent>();
  readonly secrets = new Map<string, SimulatedContent>();
  readonly networks = new Map<string, { readonly id: string; readonly body: NetworkBody }>();
  /** By `sha256:…`. */
  readonly images = new Map<string, Behaviour>();
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  readonly #followers = new Set<(task: SimulatedTask) => void>();
  #index = 10;
  #made = 0;

  constructor(readonly clock: ManualClock) {}

  now(): number {
    return this.clock.now();
  }

  /** Of whatever has changed. */
  nextVersion(): number {
    this.#index += 1;
    return this.#index;
  }

  /** As Swarm makes them. */
  newId(): string {
    this.#made += 1;
    const digits = BigInt(`0x${createHash("sha256").update(String(this.#made)).digest("hex")}`).toString(36);
    return digits.padStart(25, "0").slice(0, 25);
  }

  newContainer(): string {
    this.#made += 1;
    return createHash("sha256").update(`container ${this.#made}`).digest("hex");
  }

  behaviourOf(image: string): Behaviour | undefined {
    return this.images.get(image.slice(image.indexOf("@") + 1));
  }

  tasksOf(service: string): readonly SimulatedTask[] {
    return [...this.tasks.values()].filter((task) => task.service === service);
  }

  serviceNamed(name: string): SimulatedService | undefined {
    return [...this.services.values()].find(({ spec }) => spec.Name === name);
  }

  /** A task has changed; nobody outside is told. */
  enter(task: SimulatedTask, state: TaskState, message: string, error = ""): void {
    Object.assign(task, { state, message, error, since: this.now() });
    this.changed(task);
  }

  changed(task: SimulatedTask): void {
    for (const follower of [...this.#followers]) follower(task);
  }

  /** Told of every change of a task, in the order of those who follow. */
  follow(follower: (task: SimulatedTask) => void): () => void {
    this.#followers.add(follower);
    return () => {
      this.#followers.delete(follower);
    };
  }

  setUpdate(service: SimulatedService, update: NonNullable<SwarmService["update"]>): void {
    service.update = update;
    service.version = this.nextVersion();
    this.tell({ kind: "service", id: service.id, action: "update" });
  }

  /** An event comes a little later than what it tells of. */
  tell(event: ClusterEvent): void {
    this.clock.after(5, () => {
      for (const listener of [...this.#listeners]) listener(event);
    });
  }

  listen(listener: (event: ClusterEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

/** Past `running`: it does not run, and never will. */
export function isOver({ state }: SimulatedTask): boolean {
  return endStates.has(state);
}

/** Nobody has said yet that it is to end. */
export function isWanted({ desired }: SimulatedTask): boolean {
  return desired === "ready" || desired === "running" || desired === "complete";
}

const endStates: ReadonlySet<TaskState> = new Set(["complete", "shutdown", "failed", "rejected", "remove", "orphaned"]);
