import type { Readable } from "node:stream";
import type { BuildSpec } from "../../compose/model/container/build-spec.js";

export interface BuildOrder {
  readonly build: BuildSpec;
  readonly context: OpenContext;
  /** `repository:tag`, each. */
  readonly tags: readonly string[];
  /** Each line of output as it comes, without control characters and without the values of build arguments. */
  readonly onLine: (line: string) => void;
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

export interface BuildOutput {
  readonly lines: readonly string[];
  /** How many lines before them are not kept. */
  readonly dropped: number;
  /** ISO 8601; tells one build from the next. */
  readonly beganAt: string;
  readonly state: "running" | "built" | "failed";
}
