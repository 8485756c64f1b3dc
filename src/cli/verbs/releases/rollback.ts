/*
 * What a person says of one service's releases lives here, one file for each verb. The answer is the controller's.
 */

import type { Rollback } from "../../../control/surface/surface.js";
import { shorten } from "../../../plan/steps/render.js";
import { decide, findService, servicePath } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import type { Wiring } from "../../shared/wiring.js";

/** Has a running controller pin a service to an earlier revision; exit 0 says that it is pinned, not that it is there yet. */
export async function rollback(wiring: Wiring, admin: Admin, name: string, to: string | undefined): Promise<0 | 5> {
  const { project, service } = await findService(admin, name);
  const query = to === undefined ? "" : `?to=${encodeURIComponent(to)}`;
  const { answer, finish } = await decide(wiring, admin, servicePath({ project, service }, `rollback${query}`));
  const { revision, digest, spec } = (answer as { readonly rollback: Rollback }).rollback;
  const how = spec === "own" ? "with its own spec" : "with today's spec, as no container has its own any more";
  wiring.print(
    shorten(
      `rollback: ${project}/${service} is pinned to revision ${revision} (${digest}), ${how}, until \`fairlead resume\``,
    ),
  );
  return finish();
}
