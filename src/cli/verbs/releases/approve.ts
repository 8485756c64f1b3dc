import type { Approval } from "../../../control/surface/surface.js";
import { shorten } from "../../../plan/steps/render.js";
import { decide, findService, servicePath } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import type { Wiring } from "../../shared/wiring.js";

/** Approves what the controller shows at this moment, or what was named: never what has been pushed since. */
export async function approve(wiring: Wiring, admin: Admin, name: string, digest: string | undefined): Promise<0 | 5> {
  const { project, service, desiredDigest } = await findService(admin, name);
  const meant = digest ?? desiredDigest;
  const query = meant === undefined ? "" : `?digest=${encodeURIComponent(meant)}`;
  const { answer, finish } = await decide(wiring, admin, servicePath({ project, service }, `approve${query}`));
  const { approved } = answer as { readonly approved: Approval };
  const told =
    approved.unchanged === undefined
      ? `may go ahead with ${approved.digest}`
      : `is left as it is (${approved.digest}): ${approved.unchanged}`;
  wiring.print(shorten(`approve: ${project}/${service} ${told}`));
  return finish();
}
