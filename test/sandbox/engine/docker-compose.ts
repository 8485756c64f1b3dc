import { execFile } from "node:child_process";
import { promisify } from "node:util";
import Docker from "dockerode";
import { modernCompose } from "./compose.js";
import { ensurePackages } from "../host/packages.js";

const run = promisify(execFile);

/** Docker Compose itself, on an engine. Answers what it printed; throws with that if it fails. */
export type Compose = (args: readonly string[], engineHost: string) => Promise<string>;

/**
 * The distribution's docker-compose (1.29), or on an engine that refuses its API version, Docker Compose 2; undefined, with
 * a word on why, where it cannot be had.
 */
export async function findCompose(engineHost: string, say: (line: string) => void): Promise<Compose | undefined> {
  try {
    const program = (await refusesOld(engineHost)) ? await modernCompose(say) : "docker-compose";
    if (program === "docker-compose") await ensurePackages(["docker-compose"], say);
    return async (args, host) => {
      // As wide as no name is cut.
      const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], DOCKER_HOST: host, COLUMNS: "200" };
      const { stdout, stderr } = await run(program, [...args], { env });
      return stdout + stderr;
    };
  } catch (error) {
    say(`without Docker Compose: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function refusesOld(engineHost: string): Promise<boolean> {
  const version = await new Docker({ socketPath: engineHost.replace(/^unix:\/\//, "") }).version();
  return Number(version.MinAPIVersion.split(".")[1]) > 41;
}
