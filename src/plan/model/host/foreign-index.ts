import { serviceKey } from "../../../compose/model/service.js";
import type { ServiceSpec } from "../../../compose/model/service.js";
import type { ForeignContainer } from "./observed.js";

const indexes = new WeakMap<readonly ForeignContainer[], ReadonlyMap<string, readonly ForeignContainer[]>>();

/**
 * Those that may concern a service: they have one of the names that its containers have or may come to have, or were made for
 * it by others. A few more than that are no harm.
 */
export function foreignOf(
  foreign: readonly ForeignContainer[],
  { project, name, containerName }: Pick<ServiceSpec, "project" | "name" | "containerName">,
): readonly ForeignContainer[] {
  const index = indexes.get(foreign) ?? makeIndex(foreign);
  const keys = [serviceKey(project, name), `${project}-${name}`, containerName ?? ""];
  return index.size === 0 ? [] : keys.flatMap((key) => index.get(key) ?? []);
}

function makeIndex(foreign: readonly ForeignContainer[]): ReadonlyMap<string, readonly ForeignContainer[]> {
  const index = new Map<string, ForeignContainer[]>();
  for (const one of foreign) {
    for (const key of new Set(keysOf(one))) index.set(key, [...(index.get(key) ?? []), one]);
  }
  indexes.set(foreign, index);
  return index;
}

/** A name without what tells its role, its slot or its job; and the service that its maker has made it for. */
function keysOf({ name, compose, other }: ForeignContainer): readonly string[] {
  const bare = name.replace(/\.(next|previous|failed)$/, "");
  return [
    ...[bare, bare.replace(/-\d+$/, ""), name.replace(/\.(before|pre_start|after|on_rollback)\.\d+$/, "")],
    ...[compose, other].flatMap((owner) => (owner === undefined ? [] : [serviceKey(owner.project, owner.service)])),
  ];
}
