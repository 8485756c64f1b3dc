import { randomUUID } from "node:crypto";
import type { Controller } from "../../../../src/control/controller.js";
import { fenced } from "../../../../src/control/office/fenced.js";
import { serveTerm } from "../../../../src/control/office/term.js";
import type { TermOptions } from "../../../../src/control/office/term.js";
import type { Clock } from "../../../../src/control/ports/clock.js";
import type { Engine } from "../../../../src/control/ports/engine.js";
import type { EngineEvent } from "../../../../src/control/ports/events.js";
import type { Marks } from "../../../../src/control/ports/marks.js";
import { FairleadError } from "../../../../src/errors.js";
import { silentLog } from "../../../../src/console/log.js";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import type { Behaviour } from "../../../simulator/behaviour.js";
import { SimulatedMarks } from "../../../simulator/marks.js";
import type { Stage } from "./stage.js";

export interface HostedOptions {
  /** What a controller of this image does, by the digest's letter. Default `good`. */
  readonly doing?: Readonly<Record<string, Doing>>;
  /** They reach the engine through the container of the service `line`; helpers with the socket need none. */
  readonly hasLine?: boolean;
  /** Images of the line that let nothing through, by the digest's letter. */
  readonly dead?: readonly string[];
  /** Nothing of a helper ever comes up. */
  readonly helpless?: boolean;
}

/** `dies-in-office`: it stands by well, and ends as soon as it is in charge. `elsewhere`: it never comes for this office. */
export type Doing = "good" | "dies-in-office" | "elsewhere";

export const self = "web";
export const line = "line";

/** Which changing call of all controllers together is somebody's last, and what then becomes of that one. */
export interface Death {
  readonly call: number;
  readonly moment: "before" | "after";
  /** `crash`: the engine's restart policy answers. `docker-kill`: it does not. `engine`: the engine dies, with all. */
  readonly how: "crash" | "docker-kill" | "engine";
}

/** Controllers that live in containers of the simulated host: each begins and ends with its container's run. */
export class Hosted {
  readonly marks: SimulatedMarks;
  readonly processes = new Map<string, HostedProcess>();
  /** Every change that they have asked for, and who has: for messages. */
  readonly calls: string[] = [];
  death: Death | undefined;
  died: string | undefined;

  constructor(
    readonly stage: Stage,
    readonly options: HostedOptions = {},
  ) {
    const { world, clock } = stage.engine;
    this.marks = new SimulatedMarks(clock);
    world.onLife = (id, what) => {
      this.processes.get(id)?.die();
      this.processes.delete(id);
      const container = world.find(id);
      if (what === "ends" || container === undefined || !this.#isController(container)) return;
      const process = new HostedProcess(this, container);
      this.processes.set(id, process);
      void process.run();
    };
  }

  /** Those in charge, by the names of their containers. */
  inOffice(): readonly string[] {
    return [...this.processes.values()].filter(({ controller }) => controller !== undefined).map(({ name }) => name);
  }

  /** A push, and the hook that tells of it. */
  push(letter: string, behaviour: Behaviour = {}, name = self): void {
    const spec = this.stage.specs.find((one) => one.name === name);
    this.stage.push(letter, behaviour, spec);
    for (const { controller } of this.processes.values()) controller?.surface.reconcile([`shop/${name}`], "hook");
  }

  /** What the controller in charge says. */
  status(name = self): ServiceStatus | undefined {
    const [found] = [...this.processes.values()].flatMap(({ controller }) => controller ?? []);
    return found?.surface.service(`shop/${name}`);
  }

  #isController({ id, service, job }: ObservedContainer): boolean {
    if (this.stage.engine.helpers().some((helper) => helper.id === id)) return true;
    return service === self && job === undefined;
  }

  /** Counts a change; answers whether it may go on. */
  tick(process: HostedProcess, call: string, moment: "before" | "after", detail = ""): boolean {
    if (moment === "before")
      this.calls.push(`${this.stage.engine.clock.monotonic() / 1_000}s ${process.name}: ${call} ${detail}`);
    const { death } = this;
    if (death === undefined || this.died !== undefined) return true;
    if (death.call !== this.calls.length || death.moment !== moment) return true;
    this.died = `${process.name} ${moment} call ${death.call}, ${call} (${death.how})`;
    const { engine } = this.stage;
    if (death.how === "engine") engine.interrupt(3_000, { restart: true });
    else if (death.how === "docker-kill") engine.world.end(process.id, 137);
    else engine.world.die(process.id, 137);
    return false;
  }
}

class HostedProcess {
  /** While it is in charge. */
  controller: Controller | undefined;
  #isAlive = true;
  readonly id: string;
  readonly #end = new AbortController();
  readonly #clock: Clock;
  readonly #digest: string;
  readonly #hasSocket: boolean;

  constructor(
    private readonly hosted: Hosted,
    container: ObservedContainer,
  ) {
    this.id = container.id;
    this.#digest = container.digest;
    this.#hasSocket = hosted.stage.engine.helpers().some(({ id, lifeline }) => id === this.id && lifeline === "line");
    const { clock } = hosted.stage.engine;
    this.#clock = {
      now: clock.now,
      monotonic: clock.monotonic,
      after: (ms, run) =>
        clock.after(ms, () => {
          if (this.#isAlive) run();
        }),
    };
  }

  get name(): string {
    return this.hosted.stage.engine.world.find(this.id)?.name ?? this.id;
  }

  die(): void {
    this.#isAlive = false;
    this.controller = undefined;
  }

  async run(): Promise<void> {
    const { stage, options } = this.hosted;
    const doing = options.doing?.[this.#digest.slice(7, 8)] ?? "good";
    const helper = stage.engine.helpers().find(({ id }) => id === this.id);
    if (doing === "elsewhere" || (helper !== undefined && options.helpless === true)) return;
    const helps = helper === undefined ? undefined : `${helper.project}/${helper.service}`;
    try {
      for (let standby = helps !== undefined; this.#isAlive;) {
        const { handedOver } = await serveTerm(this.#term(helps, standby, doing), this.#end.signal);
        standby ||= handedOver;
      }
    } catch {
      if (this.#isAlive) stage.engine.world.die(this.id, 1);
    }
  }

  #term(helps: string | undefined, standby: boolean, doing: Doing): TermOptions {
    const { stage } = this.hosted;
    const since = "2030-01-01T00:00:00.000Z";
    return {
      self: { token: randomUUID(), host: "web1", pid: 1, container: this.id, since, helps },
      directory: undefined,
      marks: this.#mortal(this.hosted.marks, new Set(["put", "remove"])),
      lease: "default",
      standby,
      isManaged: () => Promise.resolve(helps === undefined),
      onStandingBy: () => Promise.resolve(() => Promise.resolve()),
      open: async ({ office, standbys, handOver }) => {
        if (doing === "dies-in-office") stage.engine.world.die(this.id, 1);
        const engine = fenced(this.#seen(stage.engine), office.assertHeld);
        const { controller, journal } = await stage.open({
          engine,
          clock: this.#clock,
          office: { since: this.#clock.monotonic(), standbys, handOver },
        });
        if (this.#isAlive) this.controller = controller;
        void controller.start(office.confirmed).catch(() => undefined);
        return {
          stop: async () => {
            await controller.stop();
            await journal.close();
            this.controller = undefined;
          },
        };
      },
      clock: this.#clock,
      log: silentLog,
    };
  }

  /** What the engine's adapter adds for the controller that looks. */
  #seen(engine: Engine): Engine {
    const { stage } = this.hosted;
    const mortal = this.#mortal(engine, changing);
    const snapshot: Engine["snapshot"] = async (claim) => {
      const host = await mortal.snapshot(claim);
      const containers = host.containers.map((container) => {
        const lifeline = this.#lifelineOf(container);
        return lifeline === undefined ? container : { ...container, lifeline };
      });
      const { restart } = stage.engine.world;
      const outage = host.reading?.outage ?? restart;
      return { ...host, containers, own: this.id, reading: { ...host.reading!, outage } };
    };
    const watch: Engine["watch"] = (onEvent, signal) =>
      engine.watch((event: EngineEvent) => {
        if (this.#isAlive) onEvent(event);
      }, signal);
    return new Proxy(mortal, {
      get: (target, name, receiver) =>
        name === "snapshot" ? snapshot : name === "watch" ? watch : (Reflect.get(target, name, receiver) as unknown),
    });
  }

  #lifelineOf(container: ObservedContainer): ObservedContainer["lifeline"] {
    if (container.id === this.id) return "controller";
    return this.#needsLine() && isNamedLine(container) ? "line" : undefined;
  }

  #needsLine(): boolean {
    return this.hosted.options.hasLine === true && !this.#hasSocket;
  }

  #isCut(): boolean {
    const { dead = [] } = this.hosted.options;
    const passes = ({ state, digest }: ObservedContainer) => state === "running" && !dead.includes(digest.slice(7, 8));
    const { containers } = this.hosted.stage.engine.world.host;
    return this.#needsLine() && !containers.some((container) => isNamedLine(container) && passes(container));
  }

  #mortal<T extends Engine | Marks>(target: T, counted: ReadonlySet<string>): T {
    return new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return async (...args: unknown[]): Promise<unknown> => {
          const call = counted.has(String(name)) ? String(name) : undefined;
          if (this.#isDead()) return never;
          if (this.#isCut()) throw new FairleadError("EngineUnreachable", "the line to the engine is cut");
          const about = typeof args[0] === "string" ? args[0].slice(0, 40) : "";
          if (call !== undefined && !this.hosted.tick(this, call, "before", about)) return never;
          try {
            return await (Reflect.apply(member, target, args) as unknown);
          } finally {
            if (call !== undefined && !this.#isDead()) this.hosted.tick(this, call, "after");
            if (this.#isDead()) await never;
          }
        };
      },
    });
  }

  #isDead(): boolean {
    return !this.#isAlive;
  }
}

function isNamedLine({ service, networks }: ObservedContainer): boolean {
  return service === line && networks.some(({ aliases }) => aliases.length > 0);
}

const never = new Promise<never>(() => undefined);

const changing: ReadonlySet<string> = new Set<keyof Engine>([
  ...(["createNetwork", "removeNetwork", "createVolume", "pull", "build", "tagImage", "createContainer"] as const),
  ...(["createHelper", "writeFiles", "connectNetwork", "disconnectNetwork", "startContainer"] as const),
  ...(["stopContainer", "setRestartPolicy", "renameContainer", "removeContainer", "removeImage"] as const),
]);
