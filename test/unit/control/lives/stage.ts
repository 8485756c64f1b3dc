import { setImmediate as tick } from "node:timers/promises";
import fc from "fast-check";
import type { ServiceKey, ServiceSpec } from "../../../../src/compose/model/service.js";
import { formatImage, pinnedImage } from "../../../../src/compose/values/image.js";
import { Controller } from "../../../../src/control/controller.js";
import { Journal } from "../../../../src/control/journal/journal.js";
import type { OwnOffice } from "../../../../src/control/office/own-office.js";
import type { Clock } from "../../../../src/control/ports/clock.js";
import type { Engine } from "../../../../src/control/ports/engine.js";
import type { Log } from "../../../../src/control/ports/log.js";
import type { Source, SourceSnapshot } from "../../../../src/control/ports/source.js";
import type { Telemetry } from "../../../../src/control/ports/telemetry.js";
import { untraced } from "../../../../src/control/ports/tracing.js";
import type { Tracing } from "../../../../src/control/ports/tracing.js";
import { silentLog } from "../../../../src/console/log.js";
import { Metrics } from "../../../../src/metrics/metrics.js";
import type { SignatureDemand } from "../../../../src/signatures/demand.js";
import type { Behaviour } from "../../../simulator/behaviour.js";
import { MemoryContexts } from "../../../simulator/contexts.js";
import { SimulatedDisk } from "../../../simulator/disk.js";
import { SimulatedEngine } from "../../../simulator/engine.js";
import { SimulatedFiles } from "../../../simulator/files.js";
import { SimulatedGates } from "../../../simulator/gates.js";
import { SimulatedProber } from "../../../simulator/prober.js";
import { SimulatedProcess } from "../../../simulator/process.js";
import { MemoryRegistry } from "../../../simulator/registry.js";
import { digestOf, specOf } from "../../plan/world.js";

/** Of the event loop: as many as the longest chain of work between two writes or timers. */
const turns = 8;

export interface ControlOptions {
  engine: Engine;
  clock: Clock;
  telemetry?: Telemetry;
  tracing?: Tracing;
  prune?: boolean;
  seesFiles?: boolean;
  office?: OwnOffice;
  log?: Log;
  concerns?: (key: ServiceKey) => boolean;
  /** Default: as a controller has it. */
  mostRestMs?: number;
}

export interface Stage {
  readonly engine: SimulatedEngine;
  /** Of the controllers that are started on `engine` itself. */
  readonly process: SimulatedProcess;
  readonly registry: MemoryRegistry;
  readonly prober: SimulatedProber;
  readonly gates: SimulatedGates;
  readonly contexts: MemoryContexts;
  readonly specs: ServiceSpec[];
  /** What the settings say of signatures. */
  readonly demands: SignatureDemand[];
  /** Where they come from; it may learn to do more. */
  readonly source: Source;
  /** Starts a controller on it; several one after another stand for restarts. */
  start(
    /** `forgetful`: with an empty journal; a number: so many of its last lines never reached the disk. */
    options?: Partial<ControlOptions> & { forgetful?: boolean | number },
  ): Promise<Controller>;
  /** A controller that has not begun yet. */
  open(options: ControlOptions): Promise<{ readonly controller: Controller; readonly journal: Journal }>;
  /** The services file has changed. */
  reload(): void;
  push(letter: string, behaviour: Behaviour, spec?: ServiceSpec): void;
  /** Lets time pass until it is so; throws after ten simulated minutes. */
  until(what: string, isSo: () => boolean): Promise<void>;
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** The whole of control on a simulated host: only the clock, the host, the registry and the disk are not real. */
export function openStage(specs: ServiceSpec[] = [specOf()]): Promise<Stage> {
  const engine = new SimulatedEngine();
  const process = new SimulatedProcess(engine, engine.clock);
  const prober = new SimulatedProber(engine);
  const gates = new SimulatedGates(engine);
  const registry = new MemoryRegistry((ms, callback) => void engine.clock.after(ms, callback));
  const contexts = new MemoryContexts();
  const disk = new SimulatedDisk();
  const readers = new Set<(snapshot: SourceSnapshot) => void>();
  const state = { generation: 1, journals: 0 };
  const journals: Journal[] = [];
  /** What has been set off at this moment of simulated time comes to its end, or to a wait for a later one. */
  const settle = async () => {
    for (let turn = 0; turn < turns; turn += 1) await tick();
  };
  const data = () => `/data/${state.journals}`;
  const snapshot = (): SourceSnapshot => ({
    generation: state.generation,
    projects: [{ name: "shop", file: "services.yaml", services: [...specs] }],
    problems: [],
    warnings: [],
    files: new Map([["services.yaml", []]]),
  });
  const source: Source = {
    load: () => Promise.resolve(snapshot()),
    watch: (onChange) => readers.add(onChange),
  };
  const stage: Stage = {
    engine,
    process,
    registry,
    prober,
    gates,
    contexts,
    specs,
    demands: [],
    source,
    async start({ forgetful = false, ...options } = {}) {
      if (forgetful === true) state.journals += 1;
      if (typeof forgetful === "number") await loseLines(disk, `${data()}/journal`, forgetful);
      const { controller } = await stage.open({ engine: process.engine, clock: process.clock, ...options });
      void controller.start();
      await stage.until("ready", () => controller.ready());
      return controller;
    },
    async open({
      engine: seen,
      clock,
      telemetry = new Metrics("0"),
      tracing = untraced,
      prune = false,
      seesFiles = true,
      office = quietOffice,
      log = silentLog,
      concerns = () => true,
      mostRestMs,
    }) {
      const journal = await Journal.open(data(), log, { disk, clock });
      journals.push(journal);
      const controller = new Controller({
        host: {
          engine: seen,
          gates,
          prober,
          files: seesFiles ? engine.files : new SimulatedFiles(engine.clock),
        },
        desired: { source, registry, contexts, signatures: stage.demands },
        journal,
        telemetry,
        tracing,
        clock,
        log,
        backoff: { baseMs: 1_000, capMs: 60_000, random: () => 0.5 },
        prune,
        concerns,
        office,
        atOnce: { services: 8, pulls: 2, probes: 32, logs: 8 },
        ...(mostRestMs === undefined ? {} : { mostRestMs }),
        resync: { cron: "0 0 1 1 *", timezone: "UTC", minutes: () => () => undefined, jitterMs: 0 },
      });
      return { controller, journal };
    },
    reload() {
      state.generation += 1;
      for (const reader of readers) reader(snapshot());
    },
    push(letter, behaviour, spec = specs[0] ?? specOf()) {
      const digest = digestOf(letter);
      engine.publish(pinnedImage(spec.image, digest), behaviour);
      registry.publish(formatImage(spec.image), digest);
    },
    async until(what, isSo) {
      for (let turn = 0; turn < 6_000; turn += 1) {
        if (isSo()) return;
        await settle();
        await engine.clock.advance(100);
      }
      throw new Error(`it never came to be: ${what}`);
    },
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += 100) {
        await settle();
        await engine.clock.advance(100);
      }
    },
    close: async () => {
      await Promise.all(journals.map((journal) => journal.close()));
    },
  };
  return Promise.resolve(stage);
}

/** What a controller finds of its journal when it is started again. */
export const memories = fc.oneof(fc.boolean(), fc.integer({ min: 1, max: 12 }));

async function loseLines(disk: SimulatedDisk, folder: string, count: number): Promise<void> {
  const last = (await disk.list(folder))
    .map(({ name }) => name)
    .sort()
    .at(-1);
  if (last === undefined) return;
  const pieces: Buffer[] = [];
  for await (const piece of disk.read(`${folder}/${last}`)) pieces.push(piece);
  const lines = Buffer.concat(pieces).toString().split("\n").slice(0, -1);
  const kept = lines.slice(0, Math.max(0, lines.length - count)).map((line) => `${line}\n`);
  const file = await disk.open(`${folder}/${last}`);
  await file.truncate(0);
  await file.write(kept.join(""));
  await file.close();
}

/** Nobody else is there. */
export const quietOffice: OwnOffice = {
  since: 0,
  standbys: { look: () => Promise.resolve(new Map()), clear: () => Promise.resolve() },
  handOver: () => undefined,
};

const changing: ReadonlySet<string> = new Set<keyof Engine>([
  "createNetwork",
  "removeNetwork",
  "createVolume",
  "pull",
  "build",
  "tagImage",
  "createContainer",
  "createHelper",
  "writeFiles",
  "connectNetwork",
  "disconnectNetwork",
  "rehearse",
  "startContainer",
  "stopContainer",
  "signalContainer",
  "setRestartPolicy",
  "renameContainer",
  "removeContainer",
  "removeImage",
]);

/** The engine as a process sees it that dies before or after its n-th changing call: from then on nothing answers it. */
export function mortal(
  engine: Engine,
  death: { readonly call: number; readonly moment: "before" | "after" },
): { readonly engine: Engine; readonly dead: () => boolean } {
  const life = { calls: 0, over: false };
  const never = new Promise<never>(() => undefined);
  const seen = new Proxy(engine, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        if (life.over) return never;
        if (!changing.has(String(name))) return answered(member.apply(target, args));
        life.calls += 1;
        const last = life.calls === death.call;
        if (last && death.moment === "before") {
          life.over = true;
          return never;
        }
        if (!last) return answered(member.apply(target, args));
        life.over = true;
        await Promise.resolve(member.apply(target, args)).catch(() => undefined);
        return never;
      };
    },
  });
  const answered = async (work: unknown): Promise<unknown> => {
    const value: unknown = await work;
    return life.over ? never : value;
  };
  return { engine: seen, dead: () => life.over };
}

/** The same engine, whose changing calls take their time before and after what they do: of each pair in turn, in ms. */
export function slow(engine: SimulatedEngine, pauses: readonly (readonly [before: number, after: number])[]): Engine {
  const calls = { count: 0 };
  const pass = (ms: number) => new Promise<void>((resolve) => void engine.clock.after(ms, resolve));
  return new Proxy<Engine>(engine, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function" || !changing.has(String(name))) return member;
      return async (...args: unknown[]): Promise<unknown> => {
        const [before, after] = pauses[calls.count % pauses.length] ?? [0, 0];
        calls.count += 1;
        await pass(before);
        try {
          return await (Reflect.apply(member, target, args) as Promise<unknown>);
        } finally {
          await pass(after);
        }
      };
    },
  });
}

/** The same engine, which takes so long from its list to what the containers are: what it tells is newer than its list. */
export function lateLooks(engine: Engine, clock: Clock, ms: () => number): Engine {
  const snapshot: Engine["snapshot"] = async (claim) => {
    const { reading } = await engine.snapshot(claim);
    await new Promise<void>((resolve) => void clock.after(ms(), resolve));
    const host = await engine.snapshot(claim);
    return reading === undefined ? host : { ...host, reading };
  };
  return new Proxy(engine, {
    get: (target, name, receiver) =>
      name === "snapshot" ? snapshot : (Reflect.get(target, name, receiver) as unknown),
  });
}
