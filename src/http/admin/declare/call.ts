import type { Request } from "express";
import { type ServiceKey, serviceKey } from "../../../compose/model/service.js";
import type { Surface } from "../../../control/surface/surface.js";
import type { ServiceStatus } from "../../../plan/model/condition.js";
import { Refusal } from "../../web/refusal.js";
import { type Asked, type Query, readQuery } from "./parameters.js";

/** A request, as far as a route's handler has to know it. */
export interface Call<Q extends Query> {
  readonly query: Asked<Q>;
  /** The text in place of `{name}` in the path. */
  readonly part: (name: string) => string;
}

export interface ServiceCall<Q extends Query> extends Call<Q> {
  readonly key: ServiceKey;
}

/** Throws Refusal 400. */
export function callOf<Q extends Query>(req: Request, query: Q): Call<Q> {
  return { query: readQuery(req, query), part: (name) => String(req.params[name]) };
}

/** Throws Refusal 400, and 404 for a service that is not known. */
export function serviceCallOf<Q extends Query>(surface: Surface, req: Request, query: Q): ServiceCall<Q> {
  const call = callOf(req, query);
  return { ...call, key: knownKey(surface, call.part("project"), call.part("service")) };
}

/** Throws Refusal 404. */
export function knownKey(surface: Surface, project: string, service: string): ServiceKey {
  const key = serviceKey(project, service);
  statusOf(surface, key);
  return key;
}

/** Those that are named by `project/service`; without any: all. Throws Refusal 400 and 404. */
export function keysNamed(surface: Surface, names: readonly string[] | undefined): readonly ServiceKey[] | "all" {
  if (names === undefined) return "all";
  return names.map((name) => {
    const [project = "", service = "", ...more] = name.split("/");
    if (more.length > 0) throw new Refusal(400, "service must be project/service");
    return knownKey(surface, project, service);
  });
}

/** Throws Refusal 404. */
export function statusOf(surface: Surface, key: ServiceKey): ServiceStatus {
  const status = surface.service(key);
  if (status === undefined) throw new Refusal(404, "no such service", "GET /api/v1/services lists them");
  return status;
}
