/*
 * Verbs live here, one file each. A verb asks a running controller or looks by itself; it decides nothing.
 */

import { journalNotice } from "../../control/journal/standing.js";
import { engineNotices } from "../../control/surface/engine-state.js";
import type { History } from "../../control/surface/surface.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import { shorten } from "../../plan/steps/render.js";
import { ask, fetchOverview, serviceIn, servicePath } from "../shared/admin.js";
import type { Admin } from "../shared/admin.js";
import { printFailure } from "../shared/failure.js";
import { sourceLine } from "../shared/source-line.js";
import { printTable } from "../shared/table.js";
import type { Wiring } from "../shared/wiring.js";

const columns = ["SERVICE", "SYNC", "HEALTH", "REPLICAS", "REVISION", "DIGEST", "LAST ROLLOUT", "REASON"] as const;

/**
 * One line a service; of one that is named also its conditions, and the last lines of what failed last; and whether the
 * journal is in order and the engine in reach. Exit 0 also where something is not well: `plan`, `wait` and metrics are for scripts.
 */
export async function status(wiring: Wiring, admin: Admin, name: string | undefined, json: boolean): Promise<0> {
  const { services: all, journal, engine, sources = [] } = await fetchOverview(admin);
  const services = name === undefined ? all : [serviceIn(all, name)];
  if (json) {
    wiring.print(JSON.stringify({ services, journal, engine, sources }, undefined, 2));
    return 0;
  }
  printTable(wiring, [columns, ...services.map(rowOf)]);
  for (const service of services) {
    const told = name === undefined ? service.conditions.filter(isNews) : service.conditions;
    for (const { type, message } of told) {
      const what = name === undefined ? `${service.project}/${service.service}` : type;
      wiring.print(`${what}: ${shorten(message)}`);
    }
  }
  for (const line of name === undefined ? sources.map(sourceLine) : []) wiring.print(line);
  const notice = journalNotice(journal);
  if (notice !== undefined) wiring.print(notice);
  for (const line of engine === undefined ? [] : engineNotices(engine)) wiring.print(line);
  const [only] = services;
  if (name !== undefined && only !== undefined) {
    printFailure(wiring, (await ask(admin, "GET", servicePath(only, "history"))) as History);
  }
  return 0;
}

function isNews({ type, status: is, reason }: ServiceStatus["conditions"][number]): boolean {
  return (type === "Ready" && is === "False") || reason === "Flapping";
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
