/*
 * Anonymous volumes live here: who hands them on, and when one may go.
 */

import { bondsOf } from "../../compose/model/relations.js";
import type { Mount } from "../../compose/model/mount.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { anonymousOf } from "../model/anonymous.js";
import type { KnownVolume } from "../model/anonymous.js";
import type { SlotMemory } from "../model/desired.js";
import type { ObservedContainer, ObservedMount } from "../model/host/observed.js";
import { providerOf } from "../model/provider.js";
import type { InheritedVolume } from "../model/step.js";
import { inRole } from "../model/view.js";
import type { SlotView, View } from "../model/view.js";

/** A volume that may go on, from the container that has it or from what is remembered of one. */
type Legacy = Pick<ObservedMount, "source" | "target" | "readOnly" | "asked" | "borrowed">;

/**
 * The anonymous volumes that a new container of this slot is given, for the same targets: what was written into them is
 * the service's, not the container's. First those of what serves; then, where that has been removed, those of what
 * served last. What never served has none to give.
 */
export function inheritedBy(
  spec: ServiceSpec,
  view: SlotView,
  memory: Pick<SlotMemory, "volumes">,
): readonly InheritedVolume[] {
  if (spec.renew === true) return [];
  const found = new Map<string, InheritedVolume>();
  for (const legacy of legaciesOf(view, memory)) {
    const { source: name, target, readOnly } = legacy;
    if (!found.has(target) && goesOn(spec, legacy, view)) found.set(target, { name, target, readOnly });
  }
  return [...found.values()].sort((one, other) => (one.target < other.target ? -1 : 1));
}

/** The target of one that is written to, and goes on: two containers must not do that at once. */
export function writtenTarget(spec: ServiceSpec, view: View): string | undefined {
  if (spec.renew === true) return undefined;
  const declared = spec.container.mounts.find((mount) => isAnonymousMount(mount) && !mount.readOnly);
  if (declared !== undefined) return declared.target;
  const siblings = "siblings" in view ? (view as SlotView).siblings : view.containers;
  const actives = siblings.filter(({ role }) => role === "active");
  return actives.flatMap(legaciesIn).find((legacy) => !legacy.readOnly && goesOn(spec, legacy, view))?.target;
}

function legaciesOf(view: SlotView, { volumes }: Pick<SlotMemory, "volumes">): readonly Legacy[] {
  const { containers, slot } = view;
  const active = inRole(containers, "active");
  const remembered = (volumes?.get(slot) ?? []).filter(({ name }) => view.volumes.has(name)).map(remains);
  const others = (["previous", "stray"] as const).flatMap((role) => inRole(containers, role) ?? []);
  // The newest of what is remembered comes last.
  return [...(active === undefined ? [] : legaciesIn(active)), ...remembered.reverse(), ...others.flatMap(legaciesIn)];
}

function remains({ name: source, target, readOnly, ...rest }: KnownVolume): Legacy {
  return { source, target, readOnly: readOnly === true, ...rest };
}

/** Of one that others made nobody knows whether its file or its image has asked for a volume. */
function legaciesIn(container: ObservedContainer): readonly Legacy[] {
  const mounts = anonymousOf(container);
  return container.differences === undefined ? mounts : mounts.map(({ asked: _asked, ...mount }) => mount);
}

/**
 * Nothing else is to be at its target, and the file has not taken it back. What the image does not ask for any more goes
 * on all the same: it may look for its data there.
 */
function goesOn(spec: ServiceSpec, { target, asked, borrowed }: Legacy, view: View): boolean {
  const mount = spec.container.mounts.find((declared) => declared.target === target);
  if (mount !== undefined) return isAnonymousMount(mount);
  if (spec.container.tmpfs !== undefined && Object.hasOwn(spec.container.tmpfs, target)) return false;
  if (borrowed === true && !bondsOf(spec).some(({ shared }) => shared === "volumes")) return false;
  return asked !== true && !comesFromOwner(spec, target, view);
}

function isAnonymousMount({ type, source }: Mount): boolean {
  return type === "volume" && source === undefined;
}

/** `volumes_from` brings it: it is for whoever runs that container to hand on. */
function comesFromOwner(spec: ServiceSpec, target: string, view: View): boolean {
  return bondsOf(spec).some(
    (bond) => bond.shared === "volumes" && providerOf(bond, view)?.mounts?.some((mount) => mount.target === target),
  );
}
