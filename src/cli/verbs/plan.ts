import type { Config } from "../../config/config.js";
import { showWarnings } from "../shared/problems.js";
import type { Wiring } from "../shared/wiring.js";
import { refuseProblems } from "./validate.js";

/** Says what would be done now and changes nothing: exit 0 nothing, 2 something, 1 an error, also in one of several projects. */
export async function plan(wiring: Wiring, config: Config, json: boolean): Promise<0 | 1 | 2> {
  const { projects, problems, warnings } = await wiring.load(config);
  showWarnings(wiring, warnings);
  const refused = refuseProblems(wiring, problems);
  if (refused && projects.length === 0) return 1;
  const { plans, orphans } = await wiring.preview(config);
  const lines = [...plans, ...orphans].map(({ text }) => text);
  wiring.print(json ? JSON.stringify({ plans, orphans }, undefined, 2) : lines.join("\n"));
  if (refused) return 1;
  return plans.some(({ changes }) => changes) ? 2 : 0;
}
