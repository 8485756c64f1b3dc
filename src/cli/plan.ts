import type { Config } from "../config.js";
import type { ExitCode, Wiring } from "./wiring.js";
import { refuseProblems } from "./validate.js";

/** Says what would be done now and changes nothing: exit 0 nothing, 2 something, 1 an error. */
export async function plan(wiring: Wiring, config: Config, json: boolean): Promise<ExitCode> {
  const { problems } = await wiring.load(config);
  if (refuseProblems(wiring, problems)) return 1;
  const plans = await wiring.preview(config);
  wiring.print(json ? JSON.stringify({ plans }, undefined, 2) : plans.map(({ text }) => text).join("\n"));
  return plans.some(({ changes }) => changes) ? 2 : 0;
}
