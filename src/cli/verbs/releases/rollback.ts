/*
 * What a person says of one service's releases lives here, one file for each verb. The answer is the controller's.
 */

import { shorten } from "../../../plan/steps/render.js";
import { given } from "../../../tools/present.js";
import { decide, findService } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import type { Wiring } from "../../shared/wiring.js";

/** Has a running controller pin a service to an earlier revision; exit 0 says that it is pinned, not that it is there yet. */
export async function rollback(wiring: Wiring, admin: Admin, name: string, to: string | undefined): Promise<0 | 5> {
  const { project, service } = await findService(admin, name);
  const asked = { path: { project, service }, query: given({ to }) };
  const { answer, finish } = await decide(wiring, admin, "/api/v1/services/{project}/{service}/rollback", asked);
  const { revision, digest, spec } = answer.rollback;
  const how = spec === "own" ? "with its own spec" : "with today's spec, as no container has its own any more";
  wiring.print(
    shorten(
      `rollback: ${project}/${service} is pinned to revision ${revision} (${digest}), ${how}, until \`fairlead resume\``,
    ),
  );
  return finish();
}
