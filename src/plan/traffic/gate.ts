import type { ServiceSpec } from "../../compose/model/service.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { View } from "../model/view.js";

/** The containers that hold, held or are to hold this service's ports. */
export function gatesOf({ project, name }: Pick<ServiceSpec, "project" | "name">, view: View): ObservedContainer[] {
  return view.gates.filter((other) => other.project === project && other.gate?.of === name);
}

/** The one that does now: an updated gate holds the ports before it has the name. */
export function gateInForce(spec: Pick<ServiceSpec, "project" | "name">, view: View): ObservedContainer | undefined {
  const running = gatesOf(spec, view).filter(({ state }) => state === "running");
  return running.find(({ role }) => role === "active") ?? running.find(({ role }) => role === "next");
}
