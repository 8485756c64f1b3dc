/*
 * What follows when a mounted file changes lives here.
 */

import { isReloaded } from "../../compose/model/policy/reload-policy.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import type { Desired, Memory } from "../model/desired.js";
import type { ObservedContainer, UnreadFile } from "../model/host/observed.js";
import { inEverySlot, isUp } from "../model/view.js";
import type { View } from "../model/view.js";

/*
 * A mounted file that was written to is seen by the container, and its process can be told. One that another file has
 * taken the place of is not: only a new container, or a new start, brings that.
 */

/** What the container sees and its process has not been told of. */
export function writtenFiles(spec: ServiceSpec, container: ObservedContainer): readonly UnreadFile[] {
  return reloaded(spec, container).filter(({ change }) => change === "written");
}

/** What a new container of the same spec and digest would have that this one does not see. */
export function replacedFiles(spec: ServiceSpec, container: ObservedContainer): readonly UnreadFile[] {
  return reloaded(spec, container).filter(({ change }) => change === "replaced");
}

function reloaded(spec: ServiceSpec, { unread = [] }: ObservedContainer): readonly UnreadFile[] {
  return spec.oneShot === true ? [] : unread.filter(({ path }) => isReloaded(spec, path));
}

/**
 * It runs with files that others have taken the place of. Where a person has gone back to an earlier revision, that very
 * container stays.
 */
export function isOutdated({ spec, pin }: Pick<Desired, "spec" | "pin">, container: ObservedContainer): boolean {
  return pin === undefined && isUp(container) && replacedFiles(spec, container).length > 0;
}

/** Why a new container is made of the very same spec and digest. */
export function replacement(spec: ServiceSpec, container: ObservedContainer): string | undefined {
  const paths = replacedFiles(spec, container).map(({ path }) => path);
  if (paths.length === 0) return undefined;
  return `${paths.length === 1 ? "another file has" : "other files have"} taken the place of ${paths.join(", ")}`;
}

/** What failed as a second one of what serves counts as long as the files that it was made for are as it had them. */
export function sinceFiles(spec: ServiceSpec, view: View, memory: Memory): Memory {
  if (memory.holds.every(({ ranAnewAt }) => ranAnewAt === undefined)) return memory;
  const changes = inEverySlot(view.containers, "active").flatMap((active) => replacedFiles(spec, active));
  const since = Math.max(...changes.map((file) => file.since));
  const counts = (ranAt: number) => changes.length > 0 && ranAt >= since;
  return { ...memory, holds: memory.holds.filter(({ ranAnewAt }) => ranAnewAt === undefined || counts(ranAnewAt)) };
}
