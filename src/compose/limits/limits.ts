import { read, report, type Node } from "../document/node.js";
import { byteSize, integer, processors } from "../document/scalar.js";
import { fields, type Fields } from "../keys/fields.js";
import type { deployKeys } from "../keys/keys.js";
import { deviceReservationKeys, limitKeys, reservationKeys, resourceKeys } from "../keys/option-keys.js";
import type { DeviceRequest } from "../model/container/options.js";
import { requests } from "./devices.js";

const leastMemory = 6 * 1024 * 1024;

/** A limit and the node that set it. */
export interface Limit {
  readonly value: number;
  readonly node: Node;
}

/** `deploy.resources`. */
export interface Deployed {
  readonly memory?: Limit | undefined;
  readonly memoryReservation?: Limit | undefined;
  readonly cpus?: Limit | undefined;
  readonly pids?: Limit | undefined;
  readonly devices?: readonly DeviceRequest[] | undefined;
}

export function deployedResources(deploy: Fields<typeof deployKeys>): Deployed {
  const resources = read(deploy("resources"), (at) => fields(at, resourceKeys));
  const upper = read(resources?.("limits"), (at) => fields(at, limitKeys));
  const lower = read(resources?.("reservations"), (at) => fields(at, reservationKeys));
  return {
    memory: limits(upper?.("memory"), memorySize),
    memoryReservation: limits(lower?.("memory"), byteSize),
    cpus: limits(upper?.("cpus"), processors),
    pids: limits(upper?.("pids"), (at) => integer(at, -1, 4_194_304)),
    devices: read(lower?.("devices"), (at) => requests(at, deviceReservationKeys, "required")),
  };
}

/** A limit of memory in bytes. */
export function memorySize(node: Node): number | null {
  const bytes = byteSize(node);
  if (bytes === null || bytes === 0 || bytes >= leastMemory) return bytes;
  return report(node, "is less than the engine's least, 6 MiB");
}

/** Undefined also for 0, which Compose takes for no limit. */
export function limits(node: Node | undefined, decode: (node: Node) => number | null): Limit | undefined {
  const value = read(node, decode);
  return node === undefined || value === undefined || value === 0 ? undefined : { value, node };
}

/** The one that is given; reported where both are and differ. */
export function agreeing(own: Limit | undefined, deployed: Limit | undefined): number | undefined {
  if (own !== undefined && deployed !== undefined && own.value !== deployed.value) {
    report(own.node, `differs from \`${deployed.node.path.replace(/^services\.[^.]+\./, "")}\``, "remove one of them");
  }
  return own?.value ?? deployed?.value;
}
