import { decide, findService } from "../shared/admin.js";
import type { Admin } from "../shared/admin.js";
import type { Wiring } from "../shared/wiring.js";

const done = {
  reconcile: "is looked at now",
  retry: "is looked at now",
  build: "is built now",
  pause: "begins no rollout until `fairlead resume`",
} as const;

/** Asks a running controller for what takes no further word than the service's name. */
export async function act(wiring: Wiring, admin: Admin, verb: keyof typeof done, name: string): Promise<0 | 5> {
  const { project, service } = await findService(admin, name);
  const path = { project, service };
  const { answer, finish } = await decide(wiring, admin, `/api/v1/services/{project}/{service}/${verb}`, { path });
  const said = verb === "retry" && "retried" in answer ? answer.retried : undefined;
  const { unchanged } = said ?? (verb === "pause" && "paused" in answer ? answer.paused : {});
  wiring.print(`${verb}: ${project}/${service} ${done[verb]}${unchanged === undefined ? "" : `: ${unchanged}`}`);
  return finish();
}
