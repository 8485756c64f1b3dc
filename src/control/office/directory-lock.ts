import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { asFairleadError, FairleadError } from "../../errors.js";
import type { Clock } from "../ports/clock.js";
import type { Log } from "../ports/log.js";
import { inTime } from "../time/in-time.js";
import { directoryDisk } from "./directory-disk.js";
import type { DirectoryDisk, OpenDirectory } from "./directory-disk.js";
import { formatHolder, parseHolder } from "./holder.js";
import type { Holder } from "./holder.js";

export interface DirectoryLockOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** What has named the directory, for messages. */
  readonly place?: string;
  readonly disk?: DirectoryDisk;
}

/** How long a disk is waited for: a controller that cannot lock is better than none. */
const patienceMs = 2_000;

/**
 * One data directory, one controller. The lock is the kernel's own (flock) on the directory itself: it needs no file, is
 * seen by every container that mounts the directory, and ends with the process that has it, however that ends. Node has no
 * such call: `flock` is started for it, on an open directory of ours. A lock belongs to what was opened, not to who asked,
 * so that it stays ours when that program has ended.
 */
export class DirectoryLock {
  readonly #disk: DirectoryDisk;

  private constructor(
    private readonly directory: string,
    private readonly opened: OpenDirectory,
    private readonly options: DirectoryLockOptions,
  ) {
    this.#disk = options.disk ?? directoryDisk;
  }

  /**
   * Undefined: there is no such directory, and none can be made now (the journal says so), or its disk does not answer. Throws
   * FairleadError `ConfigInvalid` where there can never be one.
   */
  static async open(directory: string, options: DirectoryLockOptions): Promise<DirectoryLock | undefined> {
    const { clock, log, place = "--data", disk = directoryDisk } = options;
    const answer = disk
      .open(directory)
      .catch((thrown: unknown) => (thrown instanceof FairleadError ? thrown : "absent"));
    const opened = await inTime(answer, clock, patienceMs, (late) => {
      if (typeof late === "object" && !(late instanceof FairleadError)) void late.close().catch(() => undefined);
    });
    if (opened instanceof FairleadError) {
      const { message, remedy = "" } = opened;
      throw new FairleadError("ConfigInvalid", `${place}: ${message}`, { remedy, retry: "never", cause: opened });
    }
    if (opened === undefined) {
      log.error({ directory }, "the data directory's disk does not answer: a second controller on it may go unnoticed");
    }
    return opened === undefined || opened === "absent" ? undefined : new DirectoryLock(directory, opened, options);
  }

  /** The same for every process of this boot that opens this directory, whatever path it has there. */
  get identity(): string | undefined {
    return this.opened.identity;
  }

  /** `taken`: another process has it; with a signal, that one's end is waited for. `unknown`: it cannot be locked here. */
  async take(signal?: AbortSignal): Promise<"held" | "taken" | "unknown"> {
    const { log } = this.options;
    const ended = await this.#flock(signal === undefined ? "-n" : undefined, signal);
    if (ended === 0) return "held";
    if (ended === 1 || signal?.aborted === true) return "taken";
    const error = ended instanceof Error ? ended.message : `flock ended with ${ended ?? "nothing in time"}`;
    const text = "the data directory cannot be locked: a second controller on it may go unnoticed";
    log.warn({ directory: this.directory, error }, text);
    return "unknown";
  }

  /** Another one may have it; it can be taken again. */
  async unlock(): Promise<void> {
    await this.#flock("-u");
  }

  /** For whoever comes second. */
  async sign(holder: Holder): Promise<void> {
    await this.#inTime(this.#disk.write(this.#signature, `${formatHolder(holder)}\n`));
  }

  /** Who has it, as far as that one could write it down. */
  async holder(): Promise<Holder | undefined> {
    return parseHolder(await this.#inTime(this.#disk.read(this.#signature)));
  }

  async release(): Promise<void> {
    await this.#inTime(this.opened.close());
  }

  /** The program's exit code, or why it has none; undefined: it takes too long, and is ended. Without an option it may. */
  async #flock(option: string | undefined, signal?: AbortSignal): Promise<number | null | Error | undefined> {
    const options = option === undefined ? ["3"] : [option, "3"];
    const child = spawn("flock", options, { stdio: ["ignore", "ignore", "ignore", this.opened.descriptor], signal });
    const exit = once(child, "exit").then(
      ([code]) => code as number | null,
      (thrown: unknown) => asFairleadError(thrown),
    );
    if (option === undefined) return exit;
    const ended = await inTime(exit, this.options.clock, patienceMs, () => undefined);
    if (ended === undefined) child.kill("SIGKILL");
    return ended;
  }

  /** Undefined: it could not be done, or takes too long. */
  #inTime<T>(work: Promise<T>): Promise<T | undefined> {
    const answer = work.catch(() => undefined);
    return inTime(answer, this.options.clock, patienceMs, () => undefined);
  }

  get #signature(): string {
    return join(this.directory, "controller.json");
  }
}
