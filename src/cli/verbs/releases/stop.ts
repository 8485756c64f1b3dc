import { given } from "../../../tools/present.js";
import { decide, findService } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import type { Wiring } from "../../shared/wiring.js";

/** Has a running controller keep a service off: for so long, or until it is started. */
export async function stop(wiring: Wiring, admin: Admin, name: string, duration: string | undefined): Promise<0 | 5> {
  const { project, service } = await findService(admin, name);
  const asked = { path: { project, service }, query: given({ for: duration }) };
  const { answer, finish } = await decide(wiring, admin, "/api/v1/services/{project}/{service}/stop", asked);
  const { until, unchanged } = answer.stopped;
  const end = until === undefined ? "" : `${until}, or `;
  const why = unchanged === undefined ? "" : `: ${unchanged}`;
  wiring.print(`stop: ${project}/${service} is off until ${end}\`fairlead start\`${why}`);
  return finish();
}
