import type { Problem } from "../../compose/values/problem.js";
import type { Config } from "../../config/config.js";
import { showProblems } from "../shared/problems.js";
import type { Wiring } from "../shared/wiring.js";

/** Reads the services files and says everything that is wrong with them. */
export async function validate(wiring: Wiring, config: Config, json: boolean): Promise<0 | 1> {
  const { projects, problems, files } = await wiring.load(config);
  if (json) {
    wiring.print(JSON.stringify({ valid: problems.length === 0, problems }, undefined, 2));
    return problems.length === 0 ? 0 : 1;
  }
  const refused = refuseProblems(wiring, problems);
  for (const project of projects) {
    if (files.get(project.file)?.length !== 0) continue;
    const names = project.services.map((service) => service.name).join(", ");
    wiring.print(`${project.file}: valid: project ${project.name} with ${names}`);
  }
  return refused ? 1 : 0;
}

/** True where there is something to refuse; it has been said then. */
export function refuseProblems(wiring: Wiring, problems: readonly Problem[]): boolean {
  showProblems(wiring, problems);
  if (problems.length > 0)
    wiring.complain(`${problems.length} problem${problems.length === 1 ? "" : "s"}; nothing was changed`);
  return problems.length > 0;
}
