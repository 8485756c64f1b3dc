import { quote } from "../../tools/quote.js";
import { FairleadError } from "../../errors.js";
import { decide, fetchServices, findService } from "../shared/admin.js";
import type { Admin } from "../shared/admin.js";
import type { Wiring } from "../shared/wiring.js";

/** What to take over: one service or all of a project by its name, or everything. */
export interface Wish {
  readonly name: string | undefined;
  readonly all: boolean;
}

/** Has a running controller take over what others run for its services; says what became of each. */
export async function adopt(wiring: Wiring, admin: Admin, wish: Wish): Promise<0 | 5> {
  const services = await chosen(admin, wish);
  let code: 0 | 5 = 0;
  for (const { project, service } of services) {
    const { answer, finish } = await decide(wiring, admin, "/api/v1/services/{project}/{service}/adopt", {
      path: { project, service },
    });
    const { adopted } = answer;
    const what = adopted.length === 0 ? "there is nothing to adopt" : `adopted ${adopted.join(", ")}`;
    wiring.print(`${project}/${service}: ${what}`);
    code = finish() || code;
  }
  return code;
}

async function chosen(
  admin: Admin,
  wish: Wish,
): Promise<readonly { readonly project: string; readonly service: string }[]> {
  const { name, all } = wish;
  if (all && name !== undefined) {
    throw new FairleadError("ConfigInvalid", `--all: everything cannot be taken over beside ${quote(name)} alone`, {
      remedy: "name a project or a service, or say --all",
    });
  }
  if (all) return fetchServices(admin);
  if (name === undefined) {
    throw new FairleadError("ConfigInvalid", "nothing is named to adopt", {
      remedy: "name a project or a service, or say --all",
    });
  }
  const ofProject = (await fetchServices(admin)).filter(({ project }) => project === name);
  return ofProject.length > 0 ? ofProject : [await findService(admin, name)];
}
