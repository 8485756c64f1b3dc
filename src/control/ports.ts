import type { Readable } from "node:stream";
import type { ForeignContainer, GateState, HostSnapshot, NetworkLocation } from "../plan/observed.js";
import type { Endpoint, Route, StepOf } from "../plan/step.js";
import type { Digest, ImageReference } from "../spec/image.js";
import type { ExecSettings } from "../spec/hooks.js";
import type { Problem } from "../spec/problem.js";
import type { BuildSpec } from "../spec/build-spec.js";
import type { ContainerFile, ProbeCheck, ProjectSpec, RestartPolicy } from "../spec/service.js";

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
  createNetwork(step: StepOf<"create-network">): Promise<void>;
  /** The one that was observed, by its id. One that is gone is success; one with a running container on it is refused. */
  removeNetwork(id: string): Promise<void>;
  createVolume(step: StepOf<"create-volume">): Promise<void>;
  /**
   * Pulls by digest and proves that the image is there afterwards. `reference` is `repository@sha256:…`; of an index,
   * the part for `platform` (`linux/arm64`; absent: the host's own).
   */
  pull(reference: string, signal: AbortSignal, platform?: string): Promise<void>;
  /**
   * Builds an image and answers its id. Throws FairleadError `BuildFailed`, with `retry: "never"` where the same inputs
   * would fail again.
   */
  build(order: BuildOrder, signal: AbortSignal): Promise<Digest>;
  tagImage(source: string, tag: string): Promise<void>;
  /** Answers the new container's id. */
  createContainer(step: StepOf<"create-container">): Promise<string>;
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
   * Throws where the host lacks what such a container needs: a log driver that answers, a device, a mount. What says
   * nothing of that is success, the image's own faults too. Nothing of it runs, and nothing is left.
   */
  rehearse(step: StepOf<"rehearse-start">): Promise<void>;
  /** A start that the engine refuses is an error *and* is observed afterwards as the container's `startError`. */
  startContainer(container: string): Promise<void>;
  stopContainer(container: string, graceMs: number): Promise<void>;
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

export interface LogQuery {
  readonly follow: boolean;
  /** So many lines from the end; absent: all. */
  readonly tail?: number | undefined;
  /** Only lines of this time or later, ISO 8601. */
  readonly since?: string | undefined;
}

export interface LogLine {
  /** The engine's time, ISO 8601 in UTC with nine decimals: as text it sorts in order of time. */
  readonly at: string;
  /** A container with a terminal has only `stdout`. */
  readonly stream: "stdout" | "stderr";
  /** Without its line break; 64 KiB at the most. */
  readonly text: string;
}

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

export interface BuildOrder {
  readonly build: BuildSpec;
  readonly context: OpenContext;
  /** `repository:tag`, each. */
  readonly tags: readonly string[];
  /** Each line of output as it comes, without control characters and without the values of build arguments. */
  readonly onLine: (line: string) => void;
}

export interface FileStat {
  readonly size: number;
  /** Epoch ms, without fractions. */
  readonly modifiedAt: number;
}

/** The files of the host, as far as they can be seen from here. */
export interface HostFiles {
  /** Undefined: there is none that can be seen, or it is no plain file. Never rejects. */
  look(path: string): Promise<HostFile | undefined>;
  /** Identifies what a plain file holds. Undefined: it cannot be read. Never rejects. */
  contentOf(path: string): Promise<string | undefined>;
}

export interface HostFile extends FileStat {
  /** Tells it from any other file that has been at its path meanwhile. */
  readonly identity: string;
  /** Since when everything about it has been as it is, its name included. Epoch ms. */
  readonly changedAt: number;
}

/** The files of builds. Throws FairleadError `BuildFailed`. */
export interface Contexts {
  /**
   * Identifies what a build would be made of now: the contents of a folder, the commit behind a reference. Hexadecimal.
   * Files that have not changed are not read again.
   */
  identify(build: BuildSpec): Promise<string>;
  /** Throws if it is not what `identity` stands for any more. */
  open(build: BuildSpec, identity: string, signal: AbortSignal): Promise<OpenContext>;
}

export interface OpenContext {
  /** A tar archive, read once. */
  readonly archive: Readable;
  /** Where the Dockerfile is in it. */
  readonly dockerfile: string;
  /** The registries of the images that the Dockerfile names. */
  readonly registries: readonly string[];
  /** Ends it, whether it was read or not. */
  close(): Promise<void>;
}

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | undefined;
}

export type EngineEvent =
  | { readonly kind: "resync" }
  /** The engine answers, and as far as can be seen nothing has happened that was not told. */
  | { readonly kind: "beat" }
  /** The engine cannot be reached; it is tried again. */
  | { readonly kind: "lost"; readonly message: string }
  /** Something happened to a container of ours, or to a claimed one. `action` is the engine's word: `die`, `health_status: healthy`, … */
  | {
      readonly kind: "container";
      readonly project: string;
      readonly service: string;
      readonly action: string;
      /** Absent: an event of one of its networks. */
      readonly subject?: Subject;
    }
  /** Something happened to a container that is nobody's. `unblocks`: a name or a port may be free now. */
  | { readonly kind: "foreign"; readonly subject: Subject; readonly unblocks: boolean }
  /** A network, a volume or an image: may unblock something, concerns nobody in particular. */
  | { readonly kind: "other" };

/** The container that an event is about. */
export interface Subject {
  readonly id: string;
  /** Where it was renamed, the old name too. */
  readonly names: readonly string[];
}

/** The truth about tags. Throws FairleadError: ImageNotFound, Unauthorized, RateLimited, RegistryUnavailable, UnsupportedManifest. */
export interface Registry {
  /**
   * One HEAD (a GET only where HEAD gives no digest). A reference with a digest costs nothing. `urgent`: a hook has come, or
   * a person waits; what is only looked at in its turn comes after it.
   */
  resolve(image: ImageReference, urgent?: boolean): Promise<Digest>;
  /**
   * What a digest amounts to on a platform: the platform manifest's digest, and its config's. Two digests of equal
   * content answer equally. Costs up to two GETs, once: digests are immutable, answers are kept.
   */
  content(image: ImageReference, digest: Digest, platform: Platform): Promise<ImageContent>;
  /** Credentials for the engine's own pull, from Docker's config.json; undefined: anonymous. */
  credentials(registry: string): Promise<RegistryCredentials | undefined>;
}

export interface ImageContent {
  readonly manifest: Digest;
  readonly config: Digest;
}

/** As the engine's X-Registry-Auth takes them. Never logged. */
export interface RegistryCredentials {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress: string;
}

/** Where desired state comes from. */
export interface Source {
  /** Reads everything anew; never throws: what is wrong stands in `problems`, and the last good projects stay. */
  load(): Promise<SourceSnapshot>;
  /** Calls `onChange` after each change that was seen and loaded, until the signal aborts. */
  watch(onChange: (snapshot: SourceSnapshot) => void, signal: AbortSignal): void;
}

export interface SourceSnapshot {
  /** Counts changed contents; what a condition's `observedGeneration` refers to. */
  readonly generation: number;
  /** The last good version of each project; one that was never good is absent. */
  readonly projects: readonly ProjectSpec[];
  readonly problems: readonly Problem[];
  /** Every project's own file (`ProjectSpec.file`), with the problems of its newest version, which may lie in further files. */
  readonly files: ReadonlyMap<string, readonly Problem[]>;
}

/** Asks a container from outside whether it is ready. */
export interface Prober {
  /** One attempt, over within `timeoutMs`; leaves no connection behind. Never rejects. */
  attempt(target: ProbeTarget, check: ProbeCheck, timeoutMs: number, signal: AbortSignal): Promise<ProbeAnswer>;
}

export interface ProbeTarget {
  /** Full engine id. */
  readonly container: string;
  readonly location: NetworkLocation | undefined;
}

/** A message is one line, and holds no header, path or command of the file: those may bear secrets. */
export type ProbeAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string }
  /** It could not be asked, which says nothing about it. */
  | { readonly kind: "unknown"; readonly message: string };

/** The proxies within gates. Container arguments are full engine ids of running gates. Throws FairleadError only. */
export interface Gates {
  /** The ages that it tells are counted back from `now`. */
  state(container: string, now: number): Promise<GateState>;
  /** In this order. Where it throws, some may have been set. A server that the gate does not have is an error. */
  setRoutes(container: string, routes: readonly Route[]): Promise<void>;
}

/**
 * Notes that the engine keeps for controllers to agree by, outside of any service. Each is written once and never changed:
 * who writes a name second reads what the first has written. Names are of letters, digits, dots and dashes. Throws
 * FairleadError only.
 */
export interface Marks {
  /** Those whose name begins so, at one moment; a text is undefined where it went away meanwhile. */
  list(prefix: string): Promise<ReadonlyMap<string, string | undefined>>;
  /** Answers the text that stands there now: this one, or that of whoever came first. */
  put(name: string, text: string): Promise<string>;
  /** One that is gone is success. */
  remove(name: string): Promise<void>;
}

/** Structured log lines, as pino takes them. Fields never hold a secret. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: Record<string, unknown>): Log;
}

/** Time, injected so that tests own it. */
export interface Clock {
  /** Epoch milliseconds: what people and other machines mean. It may jump. */
  now(): number;
  /** Milliseconds since some moment of this process; never goes back. For every duration. */
  monotonic(): number;
  /** Calls back once after `ms`; the answer cancels it. */
  after(ms: number, callback: () => void): () => void;
}
