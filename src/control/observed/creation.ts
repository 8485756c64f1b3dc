import type { ServiceSpec } from "../../compose/model/service.js";
import { activeName } from "../../plan/model/host/names.js";
import type { StepOf } from "../../plan/model/step.js";

/** What we would create in a container's place, to be compared with it. */
export function creation(
  spec: ServiceSpec,
  hash: string,
  slot: number,
  image: Pick<StepOf<"create-container">, "digest" | "from">,
): StepOf<"create-container"> {
  const [first] = spec.networks;
  return {
    kind: "create-container",
    name: activeName(spec, slot),
    spec,
    specHash: hash,
    ...image,
    revision: 0,
    slot,
    attach: first === undefined ? undefined : { network: first.network.name, aliases: first.aliases },
    because: "comparison",
  };
}
