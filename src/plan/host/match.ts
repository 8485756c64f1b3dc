import type { ServiceSpec } from "../../compose/model/service.js";
import { activeName, nameInRole } from "../model/host/names.js";
import type { ForeignContainer, Role } from "../model/host/observed.js";

/** The part that a container made by others plays for a declared service, if it is taken over. */
export interface Match {
  readonly slot: number;
  readonly role: Exclude<Role, "stray">;
  /** It has the very name that we would use; the older Compose wrote `shop_web_1`, and names can be changed by hand. */
  readonly exact: boolean;
}

type Service = Pick<ServiceSpec, "project" | "name" | "containerName" | "replicas">;

/** By Compose's labels, else by the name we would use. Undefined: it has nothing to do with the service. */
export function matchOf(
  spec: Service,
  { name, compose }: Pick<ForeignContainer, "name" | "compose">,
): Match | undefined {
  const role = roleIn(name);
  const slots = Array.from({ length: spec.replicas ?? 1 }, (_, index) => index + 1);
  const named = slots.find((slot) => name === nameInRole(activeName(spec, slot), role));
  if (compose?.project === spec.project && compose.service === spec.name) {
    return { slot: compose.slot, role, exact: named === compose.slot };
  }
  return named === undefined ? undefined : { slot: named, role, exact: true };
}

/** Whether one that was never adopted may be: others make none for a trial, nor keep one that failed one. */
export function isAdoptable({ role }: Match): boolean {
  return role === "active" || role === "previous";
}

function roleIn(name: string): Match["role"] {
  const suffix = /\.(next|previous|failed)$/.exec(name)?.[1];
  return suffix === undefined ? "active" : (suffix as Match["role"]);
}
