import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { modernCompose } from "../../sandbox/engine/compose.js";
import { patienceMs } from "../../sandbox/host/patience.js";
import { composePackages, ensurePackages } from "../../sandbox/host/packages.js";
import type { Stack } from "./stacks.js";

export type PeerName = "1.29" | "2.40";

/** A release of Docker Compose that makes the containers of a project, without starting them. */
export interface Peer {
  readonly name: PeerName;
  /** Throws `PeerRefused` with what it printed. */
  create(stack: Stack, project: string, engineHost: string): Promise<void>;
}

export class PeerRefused extends Error {}

export interface Peers {
  readonly peers: readonly Peer[];
  /** Why one is not among them. */
  readonly absences: readonly string[];
}

const run = promisify(execFile);

/** `oldest`: whether the engine still speaks with clients of 2021. */
export async function findPeers(oldest: boolean): Promise<Peers> {
  const say = (line: string): void => {
    console.log(line);
  };
  const absences: string[] = [];
  const attempt = async (name: PeerName, find: () => Promise<Peer>): Promise<readonly Peer[]> => {
    try {
      return [await find()];
    } catch (error) {
      absences.push(`not compared with Compose ${name}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  };
  const first = await attempt("1.29", async () => {
    if (!oldest) throw new Error("this engine refuses its API version");
    await ensurePackages(composePackages, say);
    const { stdout } = await run("docker-compose", ["version", "--short"]);
    if (!stdout.startsWith("1.29")) throw new Error(`the distribution's docker-compose is ${stdout.trim()}`);
    return oldCompose;
  });
  const second = await attempt("2.40", async () => {
    await ensurePackages(["debian-archive-keyring"], say);
    return newCompose(await modernCompose(say));
  });
  return { peers: [...first, ...second], absences };
}

/**
 * It knows no `name`: that is taken out, and given as an option. It has no command that only creates, and the one it has
 * would wait for the end of a job that is never started: that it must have ended is taken out too.
 */
const oldCompose: Peer = {
  name: "1.29",
  create: async (stack, project, engineHost) => {
    const files = await Promise.all(
      stack.files.map(async (file) => {
        const text = await readFile(file, "utf8");
        const changed = file.replace(/\.yaml$/, ".1.29.yaml");
        await writeFile(
          changed,
          text.replace(/^name: .*\n/m, "").replaceAll(/service_completed_\w+/g, "service_started"),
        );
        return changed;
      }),
    );
    const args = ["--project-name", project, ...files.flatMap((file) => ["--file", file])];
    await call("docker-compose", [...args, "up", "--no-start", "--no-build"], stack, engineHost);
  },
};

function newCompose(program: string): Peer {
  return {
    name: "2.40",
    create: async (stack, project, engineHost) => {
      const args = ["--project-name", project, ...stack.files.flatMap((file) => ["--file", file])];
      const options = ["--progress", "quiet", ...args, "create", "--no-build", "--pull", "never"];
      await call(program, options, stack, engineHost);
    },
  };
}

async function call(command: string, args: readonly string[], stack: Stack, engineHost: string): Promise<void> {
  const env = { ...stack.environment, DOCKER_HOST: engineHost, COMPOSE_HTTP_TIMEOUT: "120" };
  try {
    await run(command, [...args], { cwd: stack.directory, env, timeout: patienceMs });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new PeerRefused(`${stderr}${stdout}`.trim().split("\n").slice(-12).join("\n"), { cause: error });
  }
}
