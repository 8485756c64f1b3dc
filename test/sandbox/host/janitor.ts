import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { enterNetns } from "../network/netns.js";

/** Not /tmp: other programs clean that, and an engine's data does not survive it. */
export const sandboxRoot =
  process.getuid?.() === 0 ? "/var/lib/fairlead-sandbox" : `${homedir()}/.cache/fairlead-sandbox`;

const script = fileURLToPath(new URL("janitor.sh", import.meta.url));

export interface Janitor {
  /** All that the sandboxed program writes goes here; gone after `finish`. */
  readonly directory: string;
  /** Ends the programs that run on the directory, and removes every trace. Callable more than once. */
  finish(): Promise<void>;
}

export interface JanitorOptions {
  /** What the directory is for: its name's first part. */
  readonly kind: "engine" | "registry";
  /** The folder that gets the unique directory. */
  readonly root?: string | undefined;
  readonly netns?: string | undefined;
}

/** Answers undefined where an engine of ours already lives in this network namespace. */
export async function hireJanitor({ kind, root = sandboxRoot, netns }: JanitorOptions): Promise<Janitor | undefined> {
  await sweep(root);
  const directory = await mkdtemp(`${root}/${kind}-`);
  const locks = kind === "engine" ? ["/run/lock"] : [];
  const [command, args] = enterNetns(netns, "sh", [script, directory, ...locks]);
  const child = spawn(command, args, { detached: true, stdio: ["pipe", "pipe", "pipe"], cwd: "/" });
  const exit = once(child, "exit") as Promise<[number | null]>;
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  const answer = await Promise.race([firstLine(child.stdout), exit.then(() => "ended")]);
  if (answer !== "ready") {
    await exit;
    await clean(directory);
    if (answer === "busy") return undefined;
    throw new Error(`the sandbox's janitor did not start: ${errors.join("").trim()}`);
  }
  // A forgotten sandbox must not keep its owner alive: when the owner ends, the pipe closes and the janitor works.
  child.unref();
  for (const pipe of [child.stdin, child.stdout, child.stderr]) (pipe as unknown as { unref(): void }).unref();
  return {
    directory,
    finish: async () => {
      child.ref();
      child.stdin.end();
      const [code] = await exit;
      if (code !== 0) throw new Error(`the sandbox was not cleared up: ${errors.join("").trim()}`);
    },
  };
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  return "";
}

/** Clears up after sandboxes whose janitor itself was killed, or that a reboot left behind. */
export async function sweep(root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o711 });
  const names = (await readdir(root)).filter((name) => /^(engine|registry)-/.test(name));
  for (const name of names) {
    const directory = `${root}/${name}`;
    if (await isAbandoned(directory)) await clean(directory);
  }
}

async function isAbandoned(directory: string): Promise<boolean> {
  const pid = await readFile(`${directory}/janitor.pid`, "utf8").catch(() => undefined);
  if (pid === undefined) {
    // Between the making of a directory and its janitor's first breath there is a moment.
    const { mtimeMs } = await stat(directory).catch(() => ({ mtimeMs: Date.now() }));
    return Date.now() - mtimeMs > 60_000;
  }
  const commandLine = await readFile(`/proc/${pid.trim()}/cmdline`, "utf8").catch(() => "");
  return !commandLine.split("\0").includes(directory);
}

/** A janitor without an owner begins to work at once. */
async function clean(directory: string): Promise<void> {
  await once(spawn("sh", [script, directory], { stdio: "ignore", cwd: "/" }), "exit");
}
