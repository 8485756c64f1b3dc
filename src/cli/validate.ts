import type { Config } from "../config.js";
import { formatProblem } from "../spec/problem.js";
import type { Problem } from "../spec/problem.js";
import type { ExitCode, Wiring } from "./wiring.js";

/** Reads the services files and says everything that is wrong with them. */
export async function validate(wiring: Wiring, config: Config, json: boolean): Promise<ExitCode> {
  const { projects, problems } = await wiring.load(config);
  if (json) {
    wiring.print(JSON.stringify({ valid: problems.length === 0, problems }, undefined, 2));
    return problems.length === 0 ? 0 : 1;
  }
  if (refuseProblems(wiring, problems)) return 1;
  for (const project of projects) {
    const names = project.services.map((service) => service.name).join(", ");
    wiring.print(`${project.file}: valid: project ${project.name} with ${names}`);
  }
  return 0;
}

/** True where there is something to refuse; it has been said then. */
export function refuseProblems(wiring: Wiring, problems: readonly Problem[]): boolean {
  for (const problem of problems) wiring.complain(formatProblem(problem));
  if (problems.length > 0)
    wiring.complain(`${problems.length} problem${problems.length === 1 ? "" : "s"}; nothing was changed`);
  return problems.length > 0;
}
