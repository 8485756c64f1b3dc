import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as tick } from "node:timers/promises";
import { Controller } from "../../../src/control/controller.js";
import { Journal } from "../../../src/control/journal.js";
import type { Engine, Registry, Source, SourceSnapshot } from "../../../src/control/ports.js";
import type { Telemetry } from "../../../src/control/telemetry.js";
import { FairleadError } from "../../../src/errors.js";
import { silentLog } from "../../../src/log.js";
import { Metrics } from "../../../src/metrics.js";
import { formatImage, pinnedImage } from "../../../src/spec/image.js";
import type { Digest } from "../../../src/spec/image.js";
import type { ServiceSpec } from "../../../src/spec/service.js";
import type { Behaviour } from "../../simulator/behaviour.js";
import { MemoryContexts } from "../../simulator/contexts.js";
import { SimulatedEngine } from "../../simulator/engine.js";
import { SimulatedFiles } from "../../simulator/files.js";
import { SimulatedGates } from "../../simulator/gates.js";
import { SimulatedProber } from "../../simulator/prober.js";
import { SimulatedProcess } from "../../simulator/process.js";
import { digestOf, specOf } from "../plan/world.js";

/** A registry in memory that counts what it is asked; a tag without a digest is missing, `down` answers nothing. */
export class MemoryRegistry implements Registry {
  readonly tags = new Map<string, Digest>();
  readonly asked: string[] = [];
  down: FairleadError | "hangs" | undefined;

  constructor(private readonly later: (ms: number, callback: () => void) => void) {}

  resolve: Registry["resolve"] = (image) => {
    const name = formatImage(image);
    this.asked.push(name);
    if (this.down === "hangs") {
      const { later } = this;
      return new Promise((_resolve, reject) => {
        later(10_000, () => {
          reject(new FairleadError("RegistryUnavailable", "no answer within 10s"));
        });
      });
    }
    if (this.down !== undefined) return Promise.reject(this.down);
    const digest = this.tags.get(name);
    return digest === undefined
      ? Promise.reject(new FairleadError("ImageNotFound", `${name} is not there`))
      : Promise.resolve(digest);
  };
  content: Registry["content"] = (_image, digest) => Promise.resolve({ manifest: digest, config: digest });
  credentials: Registry["credentials"] = () => Promise.resolve(undefined);
}

/** Of the event loop: as many as the longest chain of work between two writes or timers. */
const turns = 8;

export interface Stage {
  readonly engine: SimulatedEngine;
  /** Of the controllers that are started on `engine` itself. */
  readonly process: SimulatedProcess;
  readonly registry: MemoryRegistry;
  readonly prober: SimulatedProber;
  readonly gates: SimulatedGates;
  readonly contexts: MemoryContexts;
  readonly specs: ServiceSpec[];
  /** Starts a controller on it; several one after another stand for restarts. */
  start(options?: {
    engine?: Engine;
    forgetful?: boolean;
    telemetry?: Telemetry;
    prune?: boolean;
    seesFiles?: boolean;
  }): Promise<Controller>;
  /** The services file has changed. */
  reload(): void;
  push(letter: string, behaviour: Behaviour, spec?: ServiceSpec): void;
  /** Lets time pass until it is so; throws after ten simulated minutes. */
  until(what: string, isSo: () => boolean): Promise<void>;
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** The whole of control on a simulated host: only the clock, the host and the registry are not real. */
export async function openStage(specs: ServiceSpec[] = [specOf()]): Promise<Stage> {
  const engine = new SimulatedEngine();
  const process = new SimulatedProcess(engine, engine.clock);
  const prober = new SimulatedProber(engine);
  const gates = new SimulatedGates(engine);
  const registry = new MemoryRegistry((ms, callback) => void engine.clock.after(ms, callback));
  const contexts = new MemoryContexts();
  const root = await mkdtemp(join(tmpdir(), "fairlead-control-"));
  const readers = new Set<(snapshot: SourceSnapshot) => void>();
  const state = { generation: 1, journals: 0 };
  const journals: Journal[] = [];
  const writes = new Set<Promise<unknown>>();
  /** The journal is a real file: what waits for it must not wait in simulated time too. */
  const written = async () => {
    while (writes.size > 0) {
      await Promise.all(writes);
      await tick();
    }
  };
  /** What has been set off at this moment of simulated time comes to its end, or to a wait for a later one. */
  const settle = async () => {
    for (let turn = 0; turn < turns; turn += 1) await tick();
    await written();
  };
  const snapshot = (): SourceSnapshot => ({
    generation: state.generation,
    projects: [{ name: "shop", file: "services.yaml", services: [...specs] }],
    problems: [],
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
    async start({
      engine: seen = process.engine,
      forgetful = false,
      telemetry = new Metrics("0"),
      prune = false,
      seesFiles = true,
    } = {}) {
      if (forgetful) state.journals += 1;
      const journal = watched(await Journal.open(join(root, String(state.journals)), silentLog), writes);
      journals.push(journal);
      const controller = new Controller({
        engine: seen,
        registry,
        contexts,
        source,
        prober,
        hostFiles: seesFiles ? engine.files : new SimulatedFiles(engine.clock),
        gates,
        journal,
        telemetry,
        clock: process.clock,
        log: silentLog,
        backoff: { baseMs: 1_000, capMs: 60_000, random: () => 0.5 },
        prune,
        schedule: { cron: "0 0 1 1 *", timezone: "UTC", minutes: () => () => undefined },
        resyncJitterMs: 0,
        concurrentPulls: 2,
        concurrentServices: 8,
        concurrentProbes: 32,
        openLogs: 8,
      });
      void controller.start();
      await stage.until("ready", () => controller.ready());
      return controller;
    },
    reload() {
      state.generation += 1;
      for (const reader of readers) reader(snapshot());
    },
    push(letter, behaviour, spec = specs[0] ?? specOf()) {
      const digest = digestOf(letter);
      engine.publish(pinnedImage(spec.image, digest), behaviour);
      registry.tags.set(formatImage(spec.image), digest);
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
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return stage;
}

/** The same journal; its writes stand in `writes` while they are under way. */
function watched(journal: Journal, writes: Set<Promise<unknown>>): Journal {
  const append = journal.append.bind(journal);
  journal.append = (entry) => {
    const write = append(entry);
    writes.add(write);
    return write.finally(() => writes.delete(write));
  };
  return journal;
}

const changing: ReadonlySet<string> = new Set<keyof Engine>([
  "createNetwork",
  "removeNetwork",
  "createVolume",
  "pull",
  "build",
  "tagImage",
  "createContainer",
  "writeFiles",
  "connectNetwork",
  "disconnectNetwork",
  "rehearse",
  "startContainer",
  "stopContainer",
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
