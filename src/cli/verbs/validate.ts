import type { Config } from "../../config/config.js";
import { FairleadError } from "../../errors.js";
import { counted, inFull, refuseProblems, showWarnings } from "../shared/problems.js";
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
  for (const { message, remedy } of config.notices) wiring.complain(`warning: ${message} (${remedy})`);
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
