import { FairleadError } from "../../errors.js";

type Collection = "nodes" | "services" | "tasks" | "configs" | "secrets";

/** The client encodes no path: anything but an id of a Swarm could reach another endpoint. */
export function swarmPath(collection: Collection, id: string, action = ""): string {
  if (!/^[a-z0-9]{1,64}$/.test(id))
    throw new FairleadError("Internal", `one of the ${collection} was not named by its id`);
  return `/${collection}/${id}${action}`;
}
