import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatHolder, parseHolder } from "./holder.js";
import type { Holder } from "./holder.js";
import type { Log } from "./ports.js";

/**
 * One data directory, one controller. The lock is the kernel's own (flock) on the directory itself: it needs no file, is
 * seen by every container that mounts the directory, and ends with the process that has it, however that ends. Node has no
 * such call: `flock` is started for it, on an open directory of ours. A lock belongs to what was opened, not to who asked,
 * so that it stays ours when that program has ended.
 */
export class DirectoryLock {
  private constructor(
    private readonly directory: string,
    private readonly descriptor: number,
    /** The same for every process of this boot that opens this directory, whatever path it has there. */
    readonly identity: string | undefined,
  ) {}

  /** Undefined: there is no such directory, and none can be made; the journal says so. */
  static open(directory: string): DirectoryLock | undefined {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const descriptor = openSync(directory, "r");
      return new DirectoryLock(directory, descriptor, identityOf(descriptor));
    } catch {
      return undefined;
    }
  }

  /** `taken`: another process has it; with a signal, that one's end is waited for. `unknown`: it cannot be locked here. */
  async take(log: Log, signal?: AbortSignal): Promise<"held" | "taken" | "unknown"> {
    const options = signal === undefined ? ["-n", "3"] : ["3"];
    const child = spawn("flock", options, { stdio: ["ignore", "ignore", "ignore", this.descriptor], signal });
    const ended = await once(child, "exit").then(
      ([code]) => code as number | null,
      (thrown: unknown) => thrown,
    );
    if (ended === 0) return "held";
    if (ended === 1 || signal?.aborted === true) return "taken";
    const error = ended instanceof Error ? ended.message : `flock ended with ${String(ended)}`;
    const text = "the data directory cannot be locked: a second controller on it may go unnoticed";
    log.warn({ directory: this.directory, error }, text);
    return "unknown";
  }

  /** For whoever comes second. */
  async sign(holder: Holder): Promise<void> {
    await writeFile(this.#signature, `${formatHolder(holder)}\n`, { mode: 0o600 }).catch(() => undefined);
  }

  /** Who has it, as far as that one could write it down. */
  holder(): Holder | undefined {
    try {
      return parseHolder(readFileSync(this.#signature, "utf8"));
    } catch {
      return undefined;
    }
  }

  release(): void {
    closeSync(this.descriptor);
  }

  get #signature(): string {
    return join(this.directory, "controller.json");
  }
}

function identityOf(descriptor: number): string | undefined {
  try {
    const { dev, ino } = fstatSync(descriptor);
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}:${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
