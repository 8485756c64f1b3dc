import { execFileSync } from "node:child_process";

const program = "promtool";

/** Prometheus' own linter and rule tester, where it is installed. */
export function hasPromtool(): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** What it prints; throws with what it complains about. */
export function promtool(args: readonly string[], input?: string): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: "pipe", ...(input === undefined ? {} : { input }) });
}
