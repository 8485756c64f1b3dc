import { decide, findService } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import type { Wiring } from "../../shared/wiring.js";

/** Has a running controller lift a service's pin and pause, and says what still stands in the way of a rollout. */
export async function resume(wiring: Wiring, admin: Admin, name: string): Promise<0 | 5> {
  const { project, service } = await findService(admin, name);
  const { answer, finish } = await decide(wiring, admin, "/api/v1/services/{project}/{service}/resume", {
    path: { project, service },
  });
  const { pausedByFile, unchanged } = answer.resumed;
  const how = pausedByFile
    ? "is paused by its file still: no rollout begins until that says otherwise"
    : unchanged === undefined
      ? "follows the services file and its tag again"
      : `is left as it is: ${unchanged}`;
  wiring.print(`resume: ${project}/${service} ${how}`);
  return finish();
}
