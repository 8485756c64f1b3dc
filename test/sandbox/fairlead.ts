import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { patienceMs } from "./host/patience.js";
import { freePort } from "./network/ports.js";

/** One JSON line of Fairlead's log. */
export type LogLine = Readonly<Record<string, unknown>>;

export interface FairleadOptions {
  /** After `fairlead run`. */
  readonly args?: readonly string[];
  /** On top of PATH and HOME, and of free loopback ports for both listeners. */
  readonly env?: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly cwd?: string;
  /** The most that it may have open, by `ulimit -n`; default: as this process. */
  readonly openFiles?: number;
}

export interface FairleadProcess {
  readonly pid: number;
  /** `http://127.0.0.1:PORT` of the hooks' listener. */
  readonly hooksUrl: string;
  readonly adminUrl: string;
  /** All lines so far. */
  readonly logs: readonly LogLine[];
  /** What was printed that is no JSON line: usage errors, stack traces. */
  readonly output: readonly string[];
  /** The first line, from `from` (an index into `logs`, default 0) on, that fits; waits for it at most 30 s by default. */
  waitForLog(fits: (line: LogLine) => boolean, from?: number, timeoutMs?: number): Promise<LogLine>;
  /** Waits until /readyz answers 200; throws with the output's end if the program ends first. */
  ready(timeoutMs?: number): Promise<void>;
  /** Sends the signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** SIGTERM, and the exit code: null where a signal ended it. */
  stop(): Promise<number | null>;
  /** The exit code, when it has come. */
  readonly exited: Promise<number | null>;
}

const program = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** The built program, `npm run build`, as its users run it. It dies with this process at the latest. */
export async function startFairlead(options: FairleadOptions): Promise<FairleadProcess> {
  if (!existsSync(program)) throw new Error("dist/main.js is missing: run `npm run build` first");
  const { args = [], dataDir, cwd = process.cwd(), openFiles } = options;
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "/root",
    FAIRLEAD_HOOKS_LISTEN: `127.0.0.1:${await freePort()}`,
    FAIRLEAD_ADMIN_LISTEN: `127.0.0.1:${await freePort()}`,
    FAIRLEAD_DATA: dataDir,
    // Others run on the same engine, each with projects of its own.
    FAIRLEAD_LEASE: leaseOf(dataDir),
    ...options.env,
  };
  const limited = openFiles === undefined ? [] : ["/bin/sh", "-c", 'ulimit -n "$0" && exec "$@"', String(openFiles)];
  const command = [...dieWithParent(), ...limited, process.execPath, program, "run", ...args];
  const child = spawn(command[0]!, command.slice(1), { env, cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit").then(([code]) => code as number | null);
  const closed = once(child, "close");
  const logs: LogLine[] = [];
  const output: string[] = [];
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (text) => {
      const line = parseLine(text);
      if (line === undefined) output.push(text);
      else logs.push(line);
      for (const listener of [...listeners]) listener();
    });
  }
  const ending = (): string =>
    [...output, ...logs.map((line) => JSON.stringify(line))].slice(-15).join("\n") || "(it printed nothing)";
  const adminUrl = `http://${env["FAIRLEAD_ADMIN_LISTEN"]!}`;
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await closed;
  };
  return {
    pid: child.pid!,
    hooksUrl: `http://${env["FAIRLEAD_HOOKS_LISTEN"]!}`,
    adminUrl,
    logs,
    output,
    exited,
    waitForLog: (fits, from = 0, timeoutMs = patienceMs) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          listeners.delete(look);
          clearTimeout(timer);
          act();
        };
        const look = (): void => {
          const found = logs.slice(from).find(fits);
          if (found !== undefined)
            settle(() => {
              resolve(found);
            });
        };
        const fail = (what: string): void => {
          settle(() => {
            reject(new Error(`${what}; the end of its log:\n${ending()}`));
          });
        };
        const timer = setTimeout(fail, timeoutMs, `no such log line within ${timeoutMs} ms`);
        void closed.then(() => {
          fail("fairlead ended before such a log line came");
        });
        listeners.add(look);
        look();
      }),
    ready: async (timeoutMs = patienceMs) => {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const status = await fetch(`${adminUrl}/readyz`).then(
          (response) => response.status,
          () => 0,
        );
        if (status === 200) return;
        if (child.exitCode !== null) throw new Error(`fairlead ended with ${child.exitCode}:\n${ending()}`);
        if (Date.now() > deadline) throw new Error(`fairlead was not ready after ${timeoutMs} ms:\n${ending()}`);
        await sleep(50);
      }
    },
    kill,
    stop: async () => {
      await kill("SIGTERM");
      return exited;
    },
  };
}

/** The same for all who share a data directory. */
export function leaseOf(dataDir: string): string {
  return `test-${createHash("sha256").update(dataDir).digest("hex").slice(0, 16)}`;
}

/** util-linux; without it a crash of the tests leaves the program running. */
function dieWithParent(): string[] {
  return existsSync("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "KILL"] : [];
}

function parseLine(text: string): LogLine | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}
