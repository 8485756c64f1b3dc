import { FairleadError } from "../../errors.js";
import { decide, fetchServices, findService, servicePath } from "../shared/admin.js";
import type { Admin } from "../shared/admin.js";
import type { Wiring } from "../shared/wiring.js";

/** What to take over: one service, all of a project, or everything. */
export type Wish = { readonly all: true } | { readonly all?: false; readonly name: string | undefined };

/** Has a running controller take over what others run for its services; says what became of each. */
export async function adopt(wiring: Wiring, admin: Admin, wish: Wish): Promise<0 | 5> {
  const services = await chosen(admin, wish);
  let code: 0 | 5 = 0;
  for (const { project, service } of services) {
    const { answer, finish } = await decide(wiring, admin, servicePath({ project, service }, "adopt"));
    const { adopted } = answer as { readonly adopted: readonly string[] };
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
  if (wish.all === true) return fetchServices(admin);
  const { name } = wish;
  if (name === undefined) {
    throw new FairleadError("ConfigInvalid", "nothing is named to adopt", {
      remedy: "name a project or a service, or say --all",
    });
  }
  const ofProject = (await fetchServices(admin)).filter(({ project }) => project === name);
  return ofProject.length > 0 ? ofProject : [await findService(admin, name)];
}
