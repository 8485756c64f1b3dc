import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, closeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { enterNetns } from "../network/netns.js";

export interface DaemonOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly netns?: string | undefined;
  /** Both output streams are appended to it. */
  readonly logFile: string;
}

/** A program that runs until it is ended. */
export interface Daemon {
  readonly pid: number;
  readonly running: () => boolean;
  /** Sends the signal and waits for the end; nothing to do if it has ended. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
  /**
   * Polls until `ready` answers something, and answers that. Throws with the log's last lines when the program ends
   * first, `timeoutMs` pass, or the signal aborts.
   */
  readonly until: <T>(ready: () => Promise<T | undefined>, timeoutMs: number, signal?: AbortSignal) => Promise<T>;
}

/** In a session of its own, so that a Ctrl-C in the terminal reaches only its owner. */
export async function startDaemon({ command, args, netns, logFile }: DaemonOptions): Promise<Daemon> {
  const log = openSync(logFile, "a");
  const child = spawn(...enterNetns(netns, command, args), { detached: true, stdio: ["ignore", log, log], cwd: "/" });
  closeSync(log);
  await once(child, "spawn").catch((error: unknown) => {
    throw new Error(`${command} could not be started`, { cause: error });
  });
  child.unref();
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  const failure = async (what: string): Promise<Error> => {
    const lines = (await readFile(logFile, "utf8").catch(() => "")).trim().split("\n").slice(-8);
    return new Error(`${command} ${what}; the end of its log:\n${lines.join("\n")}`);
  };
  return {
    pid: child.pid!,
    running,
    end: async (signal) => {
      if (!running()) return;
      child.ref();
      const exit = once(child, "exit");
      child.kill(signal);
      await exit;
    },
    until: async (ready, timeoutMs, signal) => {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const answer = await ready();
        signal?.throwIfAborted();
        if (answer !== undefined) return answer;
        if (!running()) throw await failure("ended at once");
        if (Date.now() > deadline) throw await failure(`was not ready after ${timeoutMs / 1000} s`);
        await sleep(30);
      }
    },
  };
}

/** A zombie, which its parent has not collected, has ended. */
export async function isAlive(pid: number): Promise<boolean> {
  return /\) [^ZX] /.test(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""));
}
