import { ask, findService } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import type { Wiring } from "../../shared/wiring.js";

/** The service in sentences: what runs, since when and why, what was tried, what comes, and what a person can do. */
export async function explain(wiring: Wiring, admin: Admin, name: string, json: boolean): Promise<0> {
  const { project, service } = await findService(admin, name);
  const path = { project, service };
  const explanation = await ask(admin, "get", "/api/v1/services/{project}/{service}/explain", { path });
  if (json) {
    wiring.print(JSON.stringify(explanation, undefined, 2));
    return 0;
  }
  const { sentences, next, can } = explanation;
  for (const sentence of sentences) wiring.print(sentence);
  wiring.print(`Next: ${next.what}.`);
  if (can.length === 0) return 0;
  wiring.print("\nWhat you can do:");
  const width = Math.max(...can.map(({ command }) => command.length));
  for (const { command, what } of can) wiring.print(`  ${command.padEnd(width)}  ${what}`);
  return 0;
}
