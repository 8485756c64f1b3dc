import type { ServiceStatus } from "../../../src/plan/model/condition.js";
import { statusOf } from "./surface.js";

/** Services of twenty projects as a controller shows them, most of them well. */
export function many(count: number): ServiceStatus[] {
  return Array.from({ length: count }, (_, index) => ({
    ...statusOf(
      `project-${String(index % 20).padStart(2, "0")}/service-${index}`,
      `ghcr.io/acme/app-${index % 50}:1.${index}`,
    ),
    createdAt: new Date(Date.now() - index * 60_000).toISOString(),
    ...(index % 100 === 7 ? { sync: "Held" as const } : {}),
    ...(index % 100 === 8 ? { health: "Degraded" as const } : {}),
  }));
}
