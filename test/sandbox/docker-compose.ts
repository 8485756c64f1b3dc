import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ensurePackages } from "./packages.js";

const run = promisify(execFile);

/** Docker Compose itself, on an engine. Answers what it printed; throws with that if it fails. */
export type Compose = (args: readonly string[], engineHost: string) => Promise<string>;

/** Debian's docker-compose, installed where it can be; undefined, with a word on why, where it cannot. */
export async function findCompose(say: (line: string) => void): Promise<Compose | undefined> {
  try {
    await ensurePackages(["docker-compose"], say);
  } catch (error) {
    say(`without docker-compose: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
  return async (args, engineHost) => {
    // As wide as no name is cut.
    const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], DOCKER_HOST: engineHost, COLUMNS: "200" };
    const { stdout, stderr } = await run("docker-compose", [...args], { env });
    return stdout + stderr;
  };
}
