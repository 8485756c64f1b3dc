import type { Secret } from "../../../tools/secret.js";

export interface ContainerFile {
  /** `configs.<key>` or `secrets.<key>`, for messages. */
  readonly origin: string;
  /** Absolute, in the container. */
  readonly path: string;
  readonly content: Secret;
  /** `content` stands for bytes that are no text. */
  readonly isBase64?: true;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Written before the first start like `files`, and again into one that runs where it says that it has others. */
export interface RewritableFiles {
  /** Identifies their contents; what the running one reports as `GateState.config`. */
  readonly config: string;
  readonly files: readonly ContainerFile[];
}
