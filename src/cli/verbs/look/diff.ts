import pc from "picocolors";
import { shorten } from "../../../plan/steps/render.js";
import { ask, findService } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import type { Wiring } from "../../shared/wiring.js";

export interface DiffOptions {
  /** What ran before takes the place of what runs, and that of what is wanted. */
  readonly previous: boolean;
  readonly json: boolean;
}

/** What differs, field by field, in a file's words. Exit 1: something does. */
export async function diff(wiring: Wiring, admin: Admin, name: string, options: DiffOptions): Promise<0 | 1> {
  const { project, service } = await findService(admin, name);
  const path = { project, service };
  const comparison = await ask(admin, "get", "/api/v1/services/{project}/{service}/diff", { path });
  const { file, running, previous, isSameSpec, untold } = comparison;
  const [from, to] = options.previous ? [previous, running] : [running, file];
  const { patchBetween } = await import("../../../control/surface/compare/patch.js");
  const patch = await patchBetween(service, from, to);
  // What no container shows may differ all the same.
  const isUntold = !options.previous && running !== undefined && !isSameSpec && (patch === "" || untold.length > 0);
  const code = patch === "" && !isUntold ? 0 : 1;
  if (options.json) {
    wiring.print(JSON.stringify({ ...comparison, diff: patch }, undefined, 2));
    return code;
  }
  if (patch !== "") for (const line of patch.trimEnd().split("\n")) wiring.print(coloured(wiring, shorten(line)));
  else if (options.previous && previous === undefined) {
    wiring.complain(`fairlead: no container of ${project}/${service} is left that ran before`);
  }
  if (isUntold) {
    const also = patch === "" ? "the spec differs from the file's, though no container shows how" : "more may differ";
    wiring.complain(
      `fairlead: ${also}: what runs does not tell ${untold.length === 0 ? "all of it" : untold.join(", ")}`,
    );
  }
  return code;
}

function coloured(wiring: Wiring, line: string): string {
  if (!wiring.terminal) return line;
  if (line.startsWith("+")) return pc.green(line);
  return line.startsWith("-") ? pc.red(line) : line;
}
