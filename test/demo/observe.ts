import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceStatus } from "../../src/plan/model/condition.js";
import { DemoFailure } from "./failure.js";

const patienceMs = 30_000;

export async function readServices(adminUrl: string): Promise<readonly ServiceStatus[]> {
  const response = await fetch(`${adminUrl}/api/v1/services`);
  return ((await response.json()) as { services: readonly ServiceStatus[] }).services;
}

/** Asks until every service fits; throws DemoFailure, saying how they are instead, after 30 s. */
export async function untilServices(
  adminUrl: string,
  what: string,
  fits: (service: ServiceStatus) => boolean,
): Promise<readonly ServiceStatus[]> {
  for (const deadline = Date.now() + patienceMs; ;) {
    const services = await readServices(adminUrl);
    if (services.length > 0 && services.every(fits)) return services;
    if (Date.now() > deadline) {
      const states = services.map(({ service, sync, health }) => `${service} is ${sync} and ${health}`);
      throw new DemoFailure(`${what}: not within ${patienceMs / 1000} s; ${states.join(", ")}`);
    }
    await sleep(50);
  }
}

/** The series of `/metrics` that tell something: those of the names, without zeros and buckets. */
export async function readMetrics(adminUrl: string, names: readonly string[]): Promise<readonly string[]> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return text
    .split("\n")
    .filter((line) => names.some((name) => line.startsWith(name)))
    .filter((line) => !line.includes("_bucket{") && !line.endsWith(" 0"));
}

/** The sum of all series of a metric whose labels contain the text. */
export async function sumOf(adminUrl: string, name: string, label = ""): Promise<number> {
  const lines = await readMetrics(adminUrl, [`${name}{`]);
  return lines
    .filter((line) => line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}
