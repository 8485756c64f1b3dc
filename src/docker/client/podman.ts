import type { Connection } from "./connection.js";
import { containerPath } from "./ids.js";
import { Refusal } from "./refusal.js";

/** What an engine that is none of Docker's does in its own way. */
export interface PodmanTraits {
  /** Of Podman itself, as `4.3.1`. */
  readonly version: string;
  /** The restart policy that a container was created with is its policy for ever. */
  readonly fixesRestart: boolean;
}

/** What engine answers, and what that is like. */
export class EngineKind {
  #known: { readonly version: string; readonly traits: Promise<PodmanTraits> } | undefined;

  constructor(
    private readonly connection: Connection,
    /** Told once of each version of Podman, in one line. */
    private readonly onPodman: (notice: string) => void,
  ) {}

  /** Undefined: it is Docker. */
  async traits(): Promise<PodmanTraits | undefined> {
    const version = await this.connection.podman();
    if (version === undefined) return undefined;
    if (this.#known?.version !== version) this.#known = { version, traits: this.#ask(version) };
    return this.#known.traits;
  }

  async #ask(version: string): Promise<PodmanTraits> {
    try {
      const traits = { version, fixesRestart: !(await canUpdate(this.connection)) };
      this.onPodman(describePodman(traits));
      return traits;
    } catch (error) {
      this.#known = undefined;
      throw error;
    }
  }
}

const nobody = containerPath("0".repeat(64), "/update");

/** Changes nothing. Podman 4 has no such call at all; an engine that has it misses the container. */
async function canUpdate(connection: Connection): Promise<boolean> {
  try {
    await connection.tell({ method: "POST", path: nobody, task: "see whether restart policies can be changed" });
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return !lacksCall(error);
  }
}

/** The server knows no such path. */
export function lacksCall({ status, message }: Refusal): boolean {
  return status === 404 && !/container/i.test(message);
}

function describePodman({ version, fixesRestart }: PodmanTraits): string {
  const restart = fixesRestart
    ? "; it cannot change restart policies, so that containers are started again by Fairlead alone and not while that is away"
    : "";
  return (
    `the engine is Podman ${version}, not Docker: supported as far as docs/podman.md says. Health checks run only where ` +
    `systemd does, and those of images in the OCI format not at all; a rename changes no DNS name; ` +
    `\`bind\` files that are replaced are not noticed${restart}`
  );
}
