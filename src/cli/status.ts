import { fetchServices } from "./admin.js";
import type { Admin } from "./admin.js";
import type { ServiceStatus } from "../plan/condition.js";
import { shorten } from "../plan/render.js";
import { printTable } from "./table.js";
import type { ExitCode, Wiring } from "./wiring.js";

const columns = ["SERVICE", "SYNC", "HEALTH", "REPLICAS", "REVISION", "DIGEST", "LAST ROLLOUT", "REASON"] as const;

/** One line a service; exit 0 also where some are not well: `plan` and metrics are for scripts. */
export async function status(wiring: Wiring, admin: Admin, json: boolean): Promise<ExitCode> {
  const services = await fetchServices(admin);
  if (json) {
    wiring.print(JSON.stringify({ services }, undefined, 2));
    return 0;
  }
  const rows = [columns, ...services.map(rowOf)];
  printTable(wiring, rows);
  for (const service of services) {
    const ready = service.conditions.find(({ type }) => type === "Ready");
    if (ready?.status === "False") wiring.print(`${service.project}/${service.service}: ${shorten(ready.message)}`);
  }
  return 0;
}

function rowOf(service: ServiceStatus): readonly string[] {
  const ready = service.conditions.find(({ type }) => type === "Ready");
  const rollout = service.lastRollout;
  return [
    `${service.project}/${service.service}`,
    service.sync,
    service.health,
    `${service.replicas.ready}/${service.replicas.desired}`,
    service.revision === undefined ? "-" : String(service.revision),
    service.activeDigest === undefined ? "-" : shorten(service.activeDigest),
    rollout === undefined ? "-" : (rollout.outcome ?? "under way"),
    ready?.reason ?? "-",
  ];
}
