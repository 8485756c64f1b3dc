import type { Pause, Retry } from "../../control/surface/surface.js";
import { decide, findService, servicePath } from "../shared/admin.js";
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
  const { answer, finish } = await decide(wiring, admin, servicePath({ project, service }, verb));
  const { retried, paused } = answer as { readonly retried?: Retry; readonly paused?: Pause };
  const { unchanged } = (verb === "retry" ? retried : verb === "pause" ? paused : undefined) ?? {};
  wiring.print(`${verb}: ${project}/${service} ${done[verb]}${unchanged === undefined ? "" : `: ${unchanged}`}`);
  return finish();
}
