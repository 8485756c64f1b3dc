import type { Reserved } from "../../compose/model/cluster.js";
import type { Resources } from "../../compose/model/container/options.js";
import { groupOf } from "../../tools/present.js";
import type { ResourceBody, TaskBody } from "../model/body.js";

/** Undefined: nothing is limited, and nothing reserved. */
export function resourceBody(resources: Resources = {}, reserved: Reserved = {}): TaskBody["Resources"] {
  const { nanoCpus, memory, memoryReservation, pids } = resources;
  const generic = reserved.generic?.map(({ kind, value }) => ({ DiscreteResourceSpec: { Kind: kind, Value: value } }));
  const limits: ResourceBody | undefined = groupOf({ NanoCPUs: nanoCpus, MemoryBytes: memory, Pids: limit(pids) });
  const reservations: ResourceBody | undefined = groupOf({
    NanoCPUs: reserved.nanoCpus,
    MemoryBytes: memoryReservation,
    GenericResources: generic,
  });
  return groupOf({ Limits: limits, Reservations: reservations });
}

/** Swarm's word for no limit is 0, which is as good as nothing. */
function limit(pids: number | undefined): number | undefined {
  return pids === -1 ? undefined : pids;
}
