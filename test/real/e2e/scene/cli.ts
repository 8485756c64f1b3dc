import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const program = fileURLToPath(new URL("../../../../dist/main.js", import.meta.url));

/** The built program, run to its end. */
export function fairlead(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const options = { env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "/root", ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
  });
}
