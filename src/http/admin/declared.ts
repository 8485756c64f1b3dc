import { type ServiceKey, serviceKey } from "../../compose/model/service.js";
import type { Surface } from "../../control/surface/surface.js";
import { Refusal } from "../web/refusal.js";

export const servicePath = "/api/v1/services/:project/:service";

/** Throws Refusal 404 for a service that is not declared. */
export function declaredKey(surface: Surface, project: unknown, service: unknown): ServiceKey {
  const key = serviceKey(String(project), String(service));
  if (surface.service(key) === undefined) {
    throw new Refusal(404, "no such service", "GET /api/v1/services lists them");
  }
  return key;
}
