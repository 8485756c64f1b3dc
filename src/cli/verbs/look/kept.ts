import { ask, type Shape } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import { printData } from "../../shared/forms.js";
import type { Form } from "../../shared/forms.js";
import { sizeText } from "../../shared/size.js";
import { printTable } from "../../shared/table.js";
import type { Wiring } from "../../shared/wiring.js";

const columns = ["KEPT", "SIZE", "PROJECTS", "MOUNTED BY", "PATH"] as const;

/** What is kept of repositories on the host, for whom, and how large it is. */
export async function kept(wiring: Wiring, admin: Admin, form: Form): Promise<0> {
  const { kept: all } = await ask(admin, "get", "/api/v1/kept", {});
  const paths = all.map(({ path }) => path);
  if (await printData(wiring, form, { kept: all }, paths)) return 0;
  if (all.length === 0) wiring.print("nothing is kept of any repository");
  else {
    printTable(wiring, [columns, ...all.map(rowOf)]);
    const bytes = all.reduce((sum, one) => sum + one.bytes, 0);
    wiring.print(`${sizeText(bytes)} in all`);
  }
  return 0;
}

function rowOf({ kind, bytes, projects, containers, path }: Shape<"Kept">): readonly string[] {
  return [kind, sizeText(bytes), listed(projects), listed(containers), path];
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "-" : names.join(", ");
}
