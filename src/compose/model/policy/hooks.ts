import type { Variables } from "../container/variables.js";

/** How a command is run in a container. What is absent is as for the container's own process. */
export interface ExecSettings {
  readonly user?: string;
  readonly privileged?: boolean;
  readonly workingDir?: string;
  /** Over the container's own; null unsets. */
  readonly environment?: Variables;
}

/** A command that runs in a container at a turn of its life, without a shell. */
export interface Hook extends ExecSettings {
  readonly command: readonly string[];
}
