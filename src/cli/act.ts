import { ask, findService } from "./admin.js";
import type { Admin } from "./admin.js";
import type { ExitCode, Wiring } from "./wiring.js";

/** Asks a running controller to look at a service again, to try again what had failed, or to build its image again. */
export async function act(
  wiring: Wiring,
  admin: Admin,
  verb: "reconcile" | "retry" | "build",
  name: string,
): Promise<ExitCode> {
  const { project, service } = await findService(admin, name);
  await ask(admin, "POST", `/api/v1/services/${encodeURIComponent(project)}/${encodeURIComponent(service)}/${verb}`);
  wiring.print(`${verb}: ${project}/${service} is ${verb === "build" ? "built" : "looked at"} now`);
  return 0;
}
