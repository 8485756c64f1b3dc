import type { ExecSettings } from "../../src/compose/model/policy/hooks.js";
import type { ContainerFile } from "../../src/compose/model/container/container-file.js";
import type { ServiceSpec } from "../../src/compose/model/service.js";
import type { ExecResult } from "../../src/control/ports/engine.js";
import type { EngineEvent } from "../../src/control/ports/events.js";
import type { HostSnapshot, ObservedNetwork } from "../../src/plan/model/host/host-snapshot.js";
import type { Interval, ObservedContainer, ObservedMount } from "../../src/plan/model/host/observed.js";
import { samePort } from "../../src/plan/model/host/resources.js";
import type { Step } from "../../src/plan/model/step.js";
import { effect } from "../../src/plan/steps/effect.js";
import { anonymousName, volumesMade } from "../../src/plan/steps/made.js";
import { Addresses } from "./addresses.js";
import { effectiveCheck, healthChanges } from "./behaviour.js";
import type { Behaviour, Command } from "./behaviour.js";
import type { ManualClock } from "./clock.js";
import { Logbook } from "./logbook.js";

interface Made {
  readonly spec: ServiceSpec;
  readonly behaviour: Behaviour;
  /** Ends the timers of its present run. */
  halt: () => void;
  /** Only while the run is checked: its checks come every so often since it began, in true time. */
  checks?: { readonly beganMs: number; readonly everyMs: number; readonly cancel: () => void };
  /** A command that outlived its time ends then. */
  busyUntil: number;
  /** The engine's own restarts since the last one by hand. */
  restarts: number;
  /** It was sent a signal: until its next start by hand the engine does not start it again. */
  isSignalled: boolean;
  readonly log: Logbook;
  /** What was written into it, by path. */
  readonly files: Map<string, ContainerFile>;
}

const notFound: Command = { exitCode: 127, output: "no such file or directory" };
const longestRestartDelayMs = 60_000;

/** A network of no project. */
export function hostNetwork(name: string): ObservedNetwork {
  return {
    id: `host-${name}`,
    driver: "bridge",
    options: {},
    internal: false,
    attachable: false,
    ipv6: false,
    ipam: { config: [] },
    labels: {},
    project: undefined,
    hash: undefined,
    foreign: [],
  };
}

/**
 * A host in memory: what `effect` says of a step, and what time does to containers. All of ours, none of it touched by
 * anything but its own methods.
 */
export class World {
  host: HostSnapshot = {
    takenAt: 0,
    containers: [],
    foreign: [],
    networks: new Map(["bridge", "host", "none"].map((name) => [name, hostNetwork(name)])),
    volumes: new Map(),
    images: [],
    engineOutage: undefined,
  };
  readonly listeners = new Set<(event: EngineEvent) => void>();
  /** Events that no stream delivers: a slow listener's, or those of a stream that has gone silent. */
  isLost: (event: EngineEvent) => boolean = () => false;
  /** While the engine stands still: what waits for it to go on. Containers run on, and nobody checks their health. */
  frozen: { readonly sinceMs: number; readonly waiting: (() => void)[] } | undefined;
  /** The engine's clock is so much ahead of the true time. */
  aheadMs = 0;
  /** When the engine was last out of reach while it was watched, in true time. */
  outage: Interval | undefined;
  /** When it was last gone together with its containers, watched or not: what an own container tells of that. */
  restart: Interval | undefined;
  /** Told of each beginning and end of a container's run. */
  onLife: (id: string, what: "begins" | "ends") => void = () => undefined;
  readonly takenPorts = new Set<number>();
  readonly addresses = new Addresses();
  /** Ids of containers that no start can bring up any more. */
  readonly wedged = new Set<string>();
  /** Containers that others made and nobody has claimed. */
  readonly unclaimed = new Set<string>();
  /** Ids of containers whose state a look has not seen yet. */
  readonly changed = new Set<string>();
  /** Every start of a job's container, such as `before 1`, with the digest that it ran for. */
  readonly jobStarts: (readonly [job: string, digest: string])[] = [];
  /** Every signal that was sent. */
  readonly signals: (readonly [container: string, signal: string])[] = [];
  readonly #made = new Map<string, Made>();
  /** What volumes hold, by their names, and by the paths within them. */
  readonly #contents = new Map<string, Map<string, ContainerFile>>();
  #count = 0;

  constructor(readonly clock: ManualClock) {}

  /** The engine's clock. */
  now(): number {
    return this.clock.now() + this.aheadMs;
  }

  /** What `effect` says. `id` names the container that a creation makes. */
  apply(step: Step, id?: string): void {
    this.host = effect(this.host, step, this.now(), id);
  }

  freshId(): string {
    this.#count += 1;
    return this.#count.toString(16).padStart(12, "0").padEnd(64, "0");
  }

  find(id: string): ObservedContainer | undefined {
    return this.host.containers.find((container) => container.id === id);
  }

  patch(id: string, patch: Partial<ObservedContainer>): void {
    const containers = this.host.containers.map((found) => (found.id === id ? { ...found, ...patch } : found));
    this.host = { ...this.host, containers };
    this.changed.add(id);
  }

  /** After its creation step. */
  adopt(id: string, spec: ServiceSpec, behaviour: Behaviour): void {
    const log = new Logbook(() => this.now());
    this.#made.set(id, {
      spec,
      behaviour,
      halt: () => undefined,
      busyUntil: 0,
      restarts: 0,
      isSignalled: false,
      log,
      files: new Map(),
    });
    this.patch(id, { healthcheck: effectiveCheck(behaviour, spec.container.healthcheck) });
    this.#mount(id, behaviour.volumes ?? []);
  }

  /** As the engine does: what the step names, then what `volumes_from` brings, then what the image asks for. */
  #mount(id: string, ofImage: readonly string[]): void {
    const { mounts: own = [], owners } = this.find(id) ?? {};
    const borrowed = (owners?.volumes ?? []).flatMap((owner) => this.find(owner)?.mounts ?? []);
    const isFree = (target: string, taken: readonly ObservedMount[]) => taken.every((mount) => mount.target !== target);
    const given = own.map((mount) => (ofImage.includes(mount.target) ? notAsked(mount) : mount));
    const taken = borrowed.filter(({ target }) => isFree(target, given));
    const shared = [...given, ...taken.map((mount) => (ofImage.includes(mount.target) ? lent(mount) : borrow(mount)))];
    const made = ofImage
      .filter((target) => isFree(target, shared))
      .map((target) => ({ type: "volume", source: anonymousName(id, target), target, readOnly: false }) as const);
    const mounts = [...shared, ...made].sort((one, other) => (one.target < other.target ? -1 : 1));
    if (mounts.length > 0) this.patch(id, { mounts });
    this.host = { ...this.host, volumes: new Map([...volumesMade(made), ...this.host.volumes]) };
  }

  forget(id: string): void {
    for (const name of this.#contents.keys()) if (!this.host.volumes.has(name)) this.#contents.delete(name);
    this.wedged.delete(id);
    this.#made.delete(id);
    this.changed.delete(id);
  }

  /** Undefined: no such container. */
  logOf(id: string): Logbook | undefined {
    return this.#made.get(id)?.log;
  }

  /** What a command does, and how long it takes; one that outlives its time goes on. */
  async command(
    id: string,
    command: readonly string[],
    timeoutMs: number,
    settings: ExecSettings = {},
  ): Promise<ExecResult> {
    const made = this.#made.get(id);
    if (made === undefined) throw new Error(`no container ${id}`);
    if (made.busyUntil > this.clock.now()) return { kind: "running" };
    const { exitCode = 0, output: said = "", lastsMs = 0 } = made.behaviour.commands?.[command.join(" ")] ?? notFound;
    const pass = (ms: number) => new Promise<void>((resolve) => void this.clock.after(ms, resolve));
    if (lastsMs >= timeoutMs) {
      made.busyUntil = this.clock.now() + lastsMs;
      await pass(timeoutMs);
      return { kind: "timed-out" };
    }
    if (lastsMs > 0) await pass(lastsMs);
    const output = typeof said === "string" ? said : said(settings, made.spec.container.environment);
    return { kind: "ended", exitCode, output };
  }

  specOf(id: string): ServiceSpec | undefined {
    return this.#made.get(id)?.spec;
  }

  /** Of the container itself; undefined: no such container. */
  filesOf(id: string): ReadonlyMap<string, ContainerFile> | undefined {
    return this.#made.get(id)?.files;
  }

  /** Into the volume that is mounted there, or into the container itself. Nothing: no such container. */
  writeFile(id: string, file: ContainerFile): void {
    const [files, path] = this.#placeOf(id, file.path);
    files?.set(path, file);
  }

  /** Undefined: no such file. */
  fileIn(id: string, path: string): ContainerFile | undefined {
    const [files, within] = this.#placeOf(id, path);
    return files?.get(within);
  }

  /** Every file that the container sees in its volumes, by path. */
  volumeFiles(id: string): ReadonlyMap<string, string> {
    const mounts = this.find(id)?.mounts ?? [];
    return new Map(
      mounts.flatMap(({ source, target }) =>
        [...(this.#contents.get(source) ?? [])].map(
          ([path, { content }]) => [target + path, content.reveal()] as const,
        ),
      ),
    );
  }

  #placeOf(id: string, path: string): [files: Map<string, ContainerFile> | undefined, path: string] {
    const mounts = this.find(id)?.mounts ?? [];
    const mount = mounts.find(({ type, target }) => type === "volume" && path.startsWith(`${target}/`));
    if (mount === undefined) return [this.#made.get(id)?.files, path];
    const contents = this.#contents.get(mount.source) ?? new Map<string, ContainerFile>();
    this.#contents.set(mount.source, contents);
    return [contents, path.slice(mount.target.length)];
  }

  behaviourOf(id: string): Behaviour | undefined {
    return this.#made.get(id)?.behaviour;
  }

  /** What it cannot be started for: another one has it. In the engine's words. */
  shortageOf(container: ObservedContainer): { readonly of: "port" | "address"; readonly message: string } | undefined {
    const others = this.host.containers.filter(({ id, state }) => id !== container.id && state === "running");
    const port = container.ports?.find(
      (wanted) =>
        this.takenPorts.has(wanted.hostPort) ||
        others.some(({ ports = [] }) => ports.some((held) => samePort(held, wanted))),
    );
    if (port !== undefined) {
      return { of: "port", message: `Bind for 0.0.0.0:${port.hostPort} failed: port is already allocated` };
    }
    const isTaken = this.addresses.taken(container) !== undefined;
    return isTaken ? { of: "address", message: "Address already in use" } : undefined;
  }

  /** By hand, or by the engine's restart policy; what the run does follows from its behaviour. */
  run(container: ObservedContainer, byHand: boolean): void {
    const made = this.#made.get(container.id);
    if (made === undefined) return;
    if (byHand) Object.assign(made, { restarts: 0, isSignalled: false });
    const shortage = this.shortageOf(container);
    if (shortage !== undefined) {
      this.patch(container.id, { state: "exited", startError: shortage.message });
      return;
    }
    this.addresses.take(container, this.host.networks);
    const { job } = container;
    if (job !== undefined) this.jobStarts.push([`${job.phase} ${job.index}`, job.target]);
    this.apply({ kind: "start-container", container: container.name, because: "started" });
    this.patch(container.id, {
      checkedAt: undefined,
      oomKilled: false,
      restartCount: made.restarts,
      endedByRequest: false,
    });
    this.tell(container.id, "start");
    this.onLife(container.id, "begins");
    const { behaviour } = made;
    for (const line of behaviour.output ?? []) made.log.write(line);
    for (const line of behaviour.errors ?? []) made.log.write(line, "stderr");
    const check = container.healthcheck;
    const checks = (check === undefined ? [] : healthChanges(behaviour, check)).map(({ atMs, to }) =>
      this.#check(atMs, () => {
        this.turn(container.id, to);
      }),
    );
    const cancel = () => {
      for (const stop of checks) stop();
    };
    const timers = [cancel];
    delete made.checks;
    if (check !== undefined) made.checks = { beganMs: this.clock.monotonic(), everyMs: check.intervalMs, cancel };
    if (behaviour.exitsAfterMs !== undefined) {
      timers.push(
        this.clock.after(behaviour.exitsAfterMs, () => {
          this.die(container.id, behaviour.exitCode ?? 1);
        }),
      );
    }
    made.halt = () => {
      for (const stop of timers) stop();
    };
  }

  /** The engine goes on without the checks of what runs: nobody gets well or sick in its eyes. */
  forgetChecks(): void {
    for (const [id, made] of this.#made) {
      if (made.checks === undefined) continue;
      this.patch(id, { checkedAt: this.#lastCheck(made.checks) });
      made.checks.cancel();
      delete made.checks;
    }
  }

  /** With what the engine says of a check that has not passed yet. */
  checked(container: ObservedContainer): ObservedContainer {
    const { checkedAt: known, ...rest } = container;
    if (container.health !== "starting") return rest;
    const { checks } = this.#made.get(container.id) ?? {};
    return {
      ...rest,
      checkedAt: (checks === undefined ? undefined : this.#lastCheck(checks)) ?? known ?? rest.startedAt,
    };
  }

  /** Undefined: there was none yet. */
  #lastCheck({ beganMs, everyMs }: NonNullable<Made["checks"]>): number | undefined {
    const ranMs = this.clock.monotonic() - beganMs;
    return ranMs < everyMs ? undefined : this.now() - (ranMs % everyMs);
  }

  /** Answers a way to call it off. */
  #check(atMs: number, turn: () => void): () => void {
    const timer = { cancel: (): void => undefined };
    timer.cancel = this.clock.after(atMs, () => {
      const { frozen } = this;
      if (frozen === undefined) {
        turn();
        return;
      }
      const done = this.clock.monotonic() - frozen.sinceMs;
      const run = () => {
        timer.cancel = this.clock.after(done, turn);
      };
      frozen.waiting.push(run);
      timer.cancel = () => {
        frozen.waiting.splice(frozen.waiting.indexOf(run), 1, () => undefined);
      };
    });
    return () => {
      timer.cancel();
    };
  }

  /** What its process does then follows from its behaviour. */
  signal({ id, name }: ObservedContainer, signal: string): void {
    const made = this.#made.get(id);
    if (made === undefined) return;
    made.isSignalled = true;
    this.signals.push([name, signal]);
    const answer = made.behaviour.signals?.[signal] ?? {};
    if (answer.output !== undefined) made.log.write(answer.output);
    const after = (ms: number | undefined, work: () => void) => (ms === undefined ? [] : [this.clock.after(ms, work)]);
    const { exitsAfterMs, exitCode = 129, sickAfterMs } = answer;
    const timers = [
      ...after(exitsAfterMs, () => {
        this.die(id, exitCode);
      }),
      ...after(sickAfterMs, () => {
        this.turn(id, "unhealthy");
      }),
    ];
    const before = made.halt;
    made.halt = () => {
      before();
      for (const cancel of timers) cancel();
    };
  }

  turn(id: string, to: "healthy" | "unhealthy"): void {
    this.patch(id, { health: to, healthySince: to === "healthy" ? this.now() : undefined });
    this.tell(id, `health_status: ${to}`);
  }

  /** Ends by itself: the restart policy answers. */
  die(id: string, exitCode: number): void {
    this.end(id, exitCode);
    const made = this.#made.get(id);
    const container = this.find(id);
    if (made === undefined || container === undefined || !this.#comesBack(container, made, exitCode)) return;
    const delay = Math.min(100 * 2 ** made.restarts, longestRestartDelayMs);
    made.restarts += 1;
    this.patch(id, { state: "restarting", restartCount: made.restarts });
    made.halt = this.clock.after(delay, () => {
      const now = this.find(id);
      if (now !== undefined) this.run(now, false);
    });
  }

  /** Ends for whatever reason: nothing brings it back by itself. */
  end(id: string, exitCode: number): void {
    this.#made.get(id)?.halt();
    this.addresses.release(id);
    const ended = { state: "exited", health: "none", healthySince: undefined } as const;
    this.patch(id, { ...ended, exitCode, finishedAt: this.now() });
    this.#made.get(id)?.log.stir();
    this.onLife(id, "ends");
    this.tell(id, "die");
    // The first process of a PID namespace takes all others along.
    for (const { id: guest, state, owners } of this.host.containers) {
      if (state === "running" && owners?.pid?.includes(id) === true) this.die(guest, 137);
    }
  }

  #comesBack(
    { restartPolicy: { name, maximumRetryCount: most } }: ObservedContainer,
    made: Made,
    exitCode: number,
  ): boolean {
    if (made.isSignalled) return false;
    if (name === "always" || name === "unless-stopped") return true;
    return name === "on-failure" && exitCode !== 0 && (most === 0 || made.restarts < most);
  }

  tell(id: string, action: string, names?: readonly string[]): void {
    const container = this.find(id);
    if (container === undefined) return;
    this.changed.add(id);
    const subject = { id, names: names ?? [container.name] };
    if (this.unclaimed.has(id)) {
      const unblocks = action === "die" || action === "destroy" || action === "rename";
      if (!action.startsWith("health_status")) this.emit({ kind: "foreign", subject, unblocks });
      return;
    }
    this.emit({ kind: "container", project: container.project, service: container.service, action, subject });
  }

  emit(event: EngineEvent): void {
    if (this.frozen !== undefined && event.kind !== "lost") {
      this.frozen.waiting.push(() => {
        this.emit(event);
      });
      return;
    }
    for (const listener of this.listeners) listener(event);
  }
}

function lent({ borrowed: _borrowed, ...mount }: ObservedMount): ObservedMount {
  return notAsked(mount);
}

function borrow(mount: ObservedMount): ObservedMount {
  return { ...lent(mount), borrowed: true };
}

function notAsked({ asked: _asked, ...mount }: ObservedMount): ObservedMount {
  return mount;
}
