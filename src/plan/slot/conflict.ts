import type { ServiceSpec } from "../../compose/model/service.js";
import { matchOf } from "../host/match.js";
import { activeName, nameInRole } from "../model/host/names.js";
import type { ForeignContainer } from "../model/host/observed.js";
import type { SlotView } from "../model/view.js";

/**
 * Why nothing can be done for a slot beside what others have made on this host: a container has one of its names, or is
 * what Docker Compose runs for the very same replica. Undefined: nothing is in the way.
 */
export function conflictWith(
  spec: ServiceSpec,
  view: Pick<SlotView, "foreign" | "containers" | "slot">,
): string | undefined {
  const base = activeName(spec, view.slot);
  const names = (["active", "next", "previous", "failed"] as const).map((role) => nameInRole(base, role));
  const named = names.flatMap((name) => view.foreign.find((container) => container.name === name) ?? [])[0];
  const rival = named ?? view.foreign.find((container) => runsIn(spec, container, view));
  return rival === undefined ? undefined : describe(spec, rival);
}

/** It serves where ours is to serve, under another name. Once ours is there, it is merely one too many. */
function runsIn(spec: ServiceSpec, container: ForeignContainer, view: Pick<SlotView, "containers" | "slot">): boolean {
  const match = matchOf(spec, container);
  return match?.role === "active" && match.slot === view.slot && view.containers.length === 0;
}

function describe(spec: ServiceSpec, rival: ForeignContainer): string {
  const key = `${spec.project}/${spec.name}`;
  const { name, image, compose } = rival;
  const composed = compose?.project === spec.project && compose.service === spec.name;
  const fact = composed
    ? `${compose.by ?? "Docker Compose"} runs ${key} as ${name} (${image})`
    : `a container that is not Fairlead's has the name ${name} (${image})`;
  const remedy =
    matchOf(spec, rival)?.role === "active"
      ? `\`fairlead adopt ${key}\` or \`x-fairlead: {adopt: true}\` takes it over; or rename or remove it`
      : "rename or remove it";
  return `${fact}: ${remedy}`;
}
