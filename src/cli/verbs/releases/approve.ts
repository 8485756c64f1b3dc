import { shorten } from "../../../plan/steps/render.js";
import { given } from "../../../tools/present.js";
import { decide, findService } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import type { Wiring } from "../../shared/wiring.js";

/** Approves what the controller shows at this moment, or what was named: never what has been pushed since. */
export async function approve(wiring: Wiring, admin: Admin, name: string, digest: string | undefined): Promise<0 | 5> {
  const { project, service, desiredDigest } = await findService(admin, name);
  const meant = digest ?? desiredDigest;
  const asked = { path: { project, service }, query: given({ digest: meant }) };
  const { answer, finish } = await decide(wiring, admin, "/api/v1/services/{project}/{service}/approve", asked);
  const { approved } = answer;
  const told =
    approved.unchanged === undefined
      ? `may go ahead with ${approved.digest}`
      : `is left as it is (${approved.digest}): ${approved.unchanged}`;
  wiring.print(shorten(`approve: ${project}/${service} ${told}`));
  return finish();
}
