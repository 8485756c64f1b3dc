import type { ServiceSpec } from "../../../src/compose/model/service.js";
import { nameInRole } from "../../../src/plan/model/host/names.js";
import type { HostSnapshot } from "../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../src/plan/model/host/observed.js";
import { containerIn, foreignContainer, hostWith, imageOf, specOf } from "./world.js";

/** A container of a slot of `shop/web`. */
export function inSlot(
  slot: number,
  role: "active" | "next" | "previous" | "failed",
  letter: string,
  revision: number,
  patch: Partial<ObservedContainer> = {},
): ObservedContainer {
  const name = nameInRole(`shop-web-${slot}`, role);
  return containerIn(role, letter, revision, { id: `id-${slot}-${role}-${revision}`, slot, name, ...patch });
}

export function fleetSpec(replicas: number, update: Partial<ServiceSpec["update"]> = {}, more = {}): ServiceSpec {
  return specOf({ replicas, update, ...more });
}

/** `count` slots that serve digest a, revision 1; the images a, b and c are here. */
export function fleet(count: number, patch: Partial<HostSnapshot> = {}): HostSnapshot {
  const containers = Array.from({ length: count }, (_, index) => inSlot(index + 1, "active", "a", 1));
  return hostWith(containers, {
    images: [
      imageOf(
        "a",
        [1],
        containers.map(({ id }) => id),
      ),
      imageOf("b"),
      imageOf("c"),
    ],
    foreign: [foreignContainer("other")],
    ...patch,
  });
}
