import { decide, findService } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import type { Wiring } from "../../shared/wiring.js";

/** Has a running controller start a service again, and says what still keeps it off. */
export async function start(wiring: Wiring, admin: Admin, name: string): Promise<0 | 5> {
  const { project, service } = await findService(admin, name);
  const { answer, finish } = await decide(wiring, admin, "/api/v1/services/{project}/{service}/start", {
    path: { project, service },
  });
  const { stoppedByFile, unchanged } = answer.started;
  const how = stoppedByFile
    ? "is off by its file still: it starts when that says otherwise"
    : unchanged === undefined
      ? "is started now"
      : `is left as it is: ${unchanged}`;
  wiring.print(`start: ${project}/${service} ${how}`);
  return finish();
}
