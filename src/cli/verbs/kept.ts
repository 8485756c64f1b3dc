import type { KeptFor } from "../../control/surface/kept.js";
import { ask } from "../shared/admin.js";
import type { Admin } from "../shared/admin.js";
import { printTable } from "../shared/table.js";
import type { Wiring } from "../shared/wiring.js";

const columns = ["KEPT", "SIZE", "PROJECTS", "MOUNTED BY", "PATH"] as const;

const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** What is kept of repositories on the host, for whom, and how large it is. */
export async function kept(wiring: Wiring, admin: Admin, json: boolean): Promise<0> {
  const { kept: all } = (await ask(admin, "GET", "/api/v1/kept")) as { readonly kept: readonly KeptFor[] };
  if (json) wiring.print(JSON.stringify({ kept: all }, undefined, 2));
  else if (all.length === 0) wiring.print("nothing is kept of any repository");
  else {
    printTable(wiring, [columns, ...all.map(rowOf)]);
    const bytes = all.reduce((sum, one) => sum + one.bytes, 0);
    wiring.print(`${sizeText(bytes)} in all`);
  }
  return 0;
}

function rowOf({ kind, bytes, projects, containers, path }: KeptFor): readonly string[] {
  return [kind, sizeText(bytes), listed(projects), listed(containers), path];
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "-" : names.join(", ");
}

/** `1.2 MB`: powers of a thousand. */
export function sizeText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; value >= 1_000 && unit < units.length - 1; unit += 1) value /= 1_000;
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit] ?? ""}`;
}
