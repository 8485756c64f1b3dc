import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The docker command line on an engine; answers what it prints, and rejects with what it complains about. */
export function dockerCommand(
  engineHost: string,
): (args: readonly string[], options?: { timeoutMs?: number; env?: Record<string, string> }) => Promise<string> {
  return async (args, { timeoutMs = 60_000, env = {} } = {}) => {
    const { stdout } = await run("docker", ["--host", engineHost, ...args], {
      timeout: timeoutMs,
      maxBuffer: 64 << 20,
      env: { ...process.env, ...env },
    });
    return stdout.trim();
  };
}
