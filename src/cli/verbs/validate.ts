import type { Problem } from "../../compose/values/problem.js";
import type { Config } from "../../config/config.js";
import { FairleadError } from "../../errors.js";
import { inFull, showProblems, showWarnings } from "../shared/problems.js";
import type { Wiring } from "../shared/wiring.js";

export interface ValidateOptions {
  readonly json?: boolean;
  /** Warnings are errors. */
  readonly strict?: boolean;
  /** There must be a policy, and this need not be the host that it is for. */
  readonly policy?: boolean;
}

/** Reads the services files and says everything that is wrong with them, and what may not be meant. */
export async function validate(wiring: Wiring, config: Config, options: ValidateOptions): Promise<0 | 1> {
  const { json = false, strict = false } = options;
  if (options.policy === true && config.policy === undefined) {
    throw new FairleadError("ConfigInvalid", "--policy: the settings have no `policy`", {
      remedy: "name the host's settings file with --config",
    });
  }
  const read = options.policy === true ? { ...config, elsewhere: true } : config;
  const { projects, problems, warnings, files } = await wiring.load(read);
  const valid = problems.length === 0 && (!strict || warnings.length === 0);
  if (json) {
    wiring.print(JSON.stringify({ valid, problems, warnings: warnings.map(inFull) }, undefined, 2));
    return valid ? 0 : 1;
  }
  showWarnings(wiring, warnings);
  refuseProblems(wiring, problems);
  for (const project of projects) {
    if (files.get(project.file)?.length !== 0) continue;
    const names = project.services.map((service) => service.name).join(", ");
    wiring.print(`${project.file}: valid: project ${project.name} with ${names}`);
  }
  if (strict && warnings.length > 0) wiring.complain(`${counted(warnings.length, "warning")}: errors with --strict`);
  return valid ? 0 : 1;
}

/** True where there is something to refuse; it has been said then. */
export function refuseProblems(wiring: Wiring, problems: readonly Problem[]): boolean {
  showProblems(wiring, problems);
  if (problems.length > 0) wiring.complain(`${counted(problems.length, "problem")}; nothing was changed`);
  return problems.length > 0;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
