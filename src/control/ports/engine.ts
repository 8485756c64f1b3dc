/*
 * What the controller asks of the outside world lives here, as interfaces. What fills them lives in the adapters'
 * rooms.
 */

import type { ExecSettings } from "../../compose/model/policy/hooks.js";
import type { ContainerFile } from "../../compose/model/container/container-file.js";
import type { RestartPolicy } from "../../compose/model/service.js";
import type { ImageId } from "../../compose/values/image.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { ForeignContainer } from "../../plan/model/host/observed.js";
import type { NetworkLocation } from "../../plan/model/host/location.js";
import type { StepOf, Endpoint } from "../../plan/model/step.js";
import type { BuildOrder } from "./builds.js";
import type { EngineEvent } from "./events.js";
import type { FileStat } from "./host-files.js";
import type { LogQuery, LogLine } from "./logs.js";
import type { Platform } from "./registry.js";

/** A service of a Compose file. */
export type Likeness = Readonly<Record<string, unknown>>;

export interface LikenessOfTwo {
  readonly is: Likeness;
  /** Only with a step. */
  readonly wanted?: Likeness;
}

/**
 * The host, as the executor needs it. Every call is idempotent where the engine can be: what is already so is success.
 * Every call throws FairleadError only. Container arguments are full engine ids.
 */
export interface Engine {
  /**
   * The host now. Exactly one container list per call; containers of ours, and those of others that `claim` gives to a
   * service, are inspected only when what the list shows of them has changed or an event named them; networks, volumes
   * and images are listed only after an event about them. Callers at the same time share one look, and its claim.
   */
  snapshot(claim?: Claim): Promise<HostSnapshot>;
  /**
   * In which fields, by Compose's names, a container that others made is not what the step would create: empty where it
   * equals it. The image's digest, the name, the restart policy's suspension and our own labels do not count.
   */
  differences(container: string, step: StepOf<"create-container">): Promise<readonly string[]>;
  /**
   * A container as a service of a Compose file, as far as it can be told from outside, and with a step what that would create
   * in its place, in the same words. No value of the environment is in it: of two that differ, one says so.
   */
  likeness(container: string, step?: StepOf<"create-container">): Promise<LikenessOfTwo>;
  createNetwork(step: StepOf<"create-network">): Promise<void>;
  /** The one that was observed, by its id. One that is gone is success; one with a running container on it is refused. */
  removeNetwork(id: string): Promise<void>;
  createVolume(step: StepOf<"create-volume">): Promise<void>;
  /**
   * Pulls by digest and proves that the image is there afterwards. `reference` is `repository@sha256:…`; of an index,
   * the part for `platform` (`linux/arm64`; absent: the host's own). `onNews`: told of each layer whenever the engine says
   * something of it, which may be many times a second.
   */
  pull(reference: string, signal: AbortSignal, platform?: string, onNews?: (news: LayerNews) => void): Promise<void>;
  /**
   * Builds an image and answers its id. Throws FairleadError `BuildFailed`, with `retry: "never"` where the same inputs
   * would fail again.
   */
  build(order: BuildOrder, signal: AbortSignal): Promise<ImageId>;
  tagImage(source: string, tag: string): Promise<void>;
  /** Answers the new container's id. */
  createContainer(step: StepOf<"create-container">): Promise<string>;
  /**
   * A container like that of the controller itself, which it names: what that was made of, and what it has mounted and
   * joined, under the service's names only where the line to the engine asks for them; it publishes nothing, and the
   * engine restarts it whenever it ends. Answers its id.
   */
  createHelper(step: StepOf<"create-helper">): Promise<string>;
  /**
   * What the host has now where a container has mounted a file of it, at this path within the container. Undefined: it
   * cannot be told.
   */
  statMounted(container: string, path: string): Promise<FileStat | undefined>;
  /** Into a container's file system, over what is there; folders on the way are made. Refused where the root is read-only. */
  writeFiles(container: string, files: readonly ContainerFile[]): Promise<void>;
  connectNetwork(container: string, endpoint: Endpoint): Promise<void>;
  disconnectNetwork(container: string, network: string): Promise<void>;
  /**
   * Throws where the host lacks what such a container needs: a log driver that answers, a device, a runtime. What says
   * nothing of that is success, the image's own faults too. Nothing of it runs, no volume is touched, and nothing is left.
   */
  rehearse(step: StepOf<"rehearse-start">): Promise<void>;
  /** A start that the engine refuses is an error *and* is observed afterwards as the container's `startError`. */
  startContainer(container: string): Promise<void>;
  stopContainer(container: string, graceMs: number): Promise<void>;
  /**
   * Sends a signal to the first process of a running container; one that does not run is refused. The engine takes any
   * signal for the beginning of a stop: until its next start it does not start that container again by itself.
   */
  signalContainer(container: string, signal: string): Promise<void>;
  setRestartPolicy(container: string, policy: RestartPolicy): Promise<void>;
  renameContainer(container: string, name: string): Promise<void>;
  /**
   * Never forced: a running container is not removed. `withVolumes`: the anonymous volumes that were made for it go too,
   * but for those that another container has, running or not; else they stay, and nothing tells any more whose they are.
   */
  removeContainer(container: string, withVolumes?: boolean): Promise<void>;
  /** Untags or removes one reference. An image in use stays, and that is success. */
  removeImage(reference: string): Promise<void>;
  /** The last lines of both streams, oldest first, without control characters. */
  logTail(container: string, lines: number): Promise<readonly string[]>;
  /**
   * A container's log as it wrote it, oldest first, and with `follow` on until the container ends. A line is handed out
   * when it is asked for: who reads slowly keeps nothing in memory. Ends quietly when the signal aborts. Throws
   * `LogUnreadable` where the container's logging driver keeps nothing that could be read.
   */
  logs(container: string, query: LogQuery, signal: AbortSignal): Promise<AsyncIterable<LogLine>>;
  /** Where a running container, ours or not, can be reached; undefined: the engine has none of this id that runs. */
  locate(container: string): Promise<NetworkLocation | undefined>;
  /**
   * Runs a command in a running container until it ends or the time is up. The engine cannot end such a command: it goes
   * on, and until it has ended the next call for this container answers `running` and starts nothing.
   */
  exec(container: string, command: readonly string[], timeoutMs: number, settings?: ExecSettings): Promise<ExecResult>;
  /** The platform images must fit, such as `linux/arm64` or `linux/arm/v7`. */
  platform(): Promise<Platform>;
  /** What is known of the service's containers does not count any more: the next look inspects them, whatever a list shows. */
  doubt(project: string, service: string): void;
  /**
   * Calls `onEvent` for each change on the host until the signal aborts; reconnects by itself. After each (re)connection
   * it calls `onEvent` with `{kind: "resync"}`: events may have been lost, only a fresh look tells. A stream that says
   * nothing while the host changes is opened anew; as long as all is well it tells so by a `beat` every few seconds.
   */
  watch(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<void>;
}

/** A layer of an image that is pulled. */
export interface LayerNews {
  /** The engine's short name for it. */
  readonly id: string;
  readonly state: LayerState;
  /** What is downloaded, or unpacked, so far, and of how much; as far as the engine says so. */
  readonly bytes?: number | undefined;
  readonly total?: number | undefined;
}

/** `there`: it was on the host already. `downloaded`: it waits to be unpacked. */
export type LayerState = "waiting" | "downloading" | "downloaded" | "extracting" | "done" | "there";

export type ExecResult =
  /** `output`: the last line of both streams, printable and bounded; empty if there was none. */
  | { readonly kind: "ended"; readonly exitCode: number; readonly output: string }
  | { readonly kind: "timed-out" }
  | { readonly kind: "running" };

/**
 * The service that a container made by others may be adopted into; `provider`: it stays the others', but a service shares
 * something of it; undefined: it concerns nobody.
 */
export type Claim = (
  container: Omit<ForeignContainer, "facts">,
) => { readonly project: string; readonly service: string } | "provider" | undefined;
