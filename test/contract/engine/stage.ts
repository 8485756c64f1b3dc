import type { ServiceSpec } from "../../../src/compose/model/service.js";
import type { Digest, ImageReference } from "../../../src/compose/values/image.js";
import type { OpenContext } from "../../../src/control/ports/builds.js";
import type { Engine } from "../../../src/control/ports/engine.js";
import type { Marks } from "../../../src/control/ports/marks.js";

/** What a container of a published image does once it runs. Images have a check every second unless it says otherwise. */
export type StageBehaviour =
  | { readonly kind: "good"; readonly check?: boolean; readonly volumes?: readonly string[] }
  /** Has a file that it says to have read, at its start and on SIGHUP. */
  | { readonly kind: "reads"; readonly file: string }
  | { readonly kind: "exits"; readonly check?: boolean }
  | { readonly kind: "never-healthy" }
  /** Its image says neither what to run nor as whom; or as somebody whom it does not know. */
  | { readonly kind: "commandless" }
  | { readonly kind: "unknown-user" }
  /** Healthy at first. */
  | { readonly kind: "dies"; readonly afterMs: number };

/** The files of a context; `true`: a program that prints its arguments, as `/bin/busybox echo`. */
export type StageFiles = Readonly<Record<string, string | true>>;

export interface StageImage {
  readonly image: ImageReference;
  readonly digest: Digest;
}

export interface StageFile {
  readonly content: string;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A host that an engine under test acts on, and the hands that tests have on it besides the engine. */
export interface Stage {
  readonly engine: Engine;
  /** Of the same engine. */
  readonly marks: Marks;
  /** Puts a new image into the registry; the host does not have it yet. */
  publish(behaviour: StageBehaviour): Promise<StageImage>;
  /** What a build is sent. */
  context(files: StageFiles, dockerfile?: string): Promise<OpenContext>;
  /** Creates, and does not start, a container that is not ours. Answers a way to remove it. */
  createForeign(name: string, image: StageImage, network?: string): Promise<() => Promise<void>>;
  /** Creates a container as Docker Compose would for this service; answers its id. */
  compose(name: string, spec: ServiceSpec, image: StageImage): Promise<string>;
  /** A file within a container, as the engine hands it out. */
  fileIn(container: string, path: string): Promise<StageFile>;
  /** As a process of the container writes it. */
  writeIn(container: string, path: string, content: string): Promise<void>;
  /** A file of the host, which can be replaced by another file. */
  hostFile(content: string): Promise<{ readonly path: string; readonly replace: (content: string) => Promise<void> }>;
  /** Somebody else holds a port of the host until the answer is called. */
  occupyPort(port: number): Promise<() => Promise<void>>;
  /** A port of the host that is free. */
  freePort(): Promise<number>;
  /** The container's process dies at once, as in a crash. */
  kill(container: string): Promise<void>;
  /** A person's `docker stop`. */
  stopByHand(container: string): Promise<void>;
  /** The engine cannot be reached for so long. Containers go on. */
  interrupt(ms: number): Promise<void>;
  /** The event streams that are open stay open, and say nothing any more. */
  silence(): Promise<void>;
  /** Time passes. */
  wait(ms: number): Promise<void>;
  /** Container lists, inspections and other lists that the engine has been asked for so far. */
  counts(): { readonly lists: number; readonly inspections: number; readonly otherLists: number };
  /** Removes what the tests left. */
  close(): Promise<void>;
}
