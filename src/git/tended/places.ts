/*
 * Files of git that are brought up to date where containers have them mounted live here: their places, what is in them, and
 * the way back. Containers only read them.
 */

import { join, posix } from "node:path";
import { specHash, textHash } from "../../compose/model/hash.js";
import { holds, type ReloadPolicy, type Tended } from "../../compose/model/policy/reload-policy.js";
import type { Mount } from "../../compose/model/mount.js";
import type { ProjectSpec, ServiceSpec } from "../../compose/model/service.js";
import type { Need } from "../kept/contents.js";

/** A mounted file or folder whose content changes while its path stays. */
export interface Place {
  /** As it is mounted. */
  readonly path: string;
  /** From the repository's root on. */
  readonly file: string;
  /** Where what git has there stands; it never changes. */
  readonly content: string;
}

export interface Placed {
  readonly project: ProjectSpec;
  readonly places: readonly Place[];
}

export interface PlacesOptions {
  /** Where places are. */
  readonly folder: string;
  /** What is mounted and could be brought up to date, by its path as the project has it. */
  readonly tended: ReadonlyMap<string, Need>;
  /** So many files that nobody could look after it: its content makes another mount of it. */
  readonly isTooLarge: (need: Need) => boolean;
}

/**
 * Gives what is brought up to date its place. A service of another spec has other places: a container from before keeps what
 * it was made for, whatever comes later, and so does one that is gone back to.
 */
export function withPlaces(project: ProjectSpec, options: PlacesOptions): Placed {
  if (options.tended.size === 0) return { project, places: [] };
  const all: Place[] = [];
  const services = project.services.map((spec) => {
    const { service, places } = placedService(spec, options);
    all.push(...places);
    return service;
  });
  return { project: { ...project, services }, places: all };
}

function placedService(
  spec: ServiceSpec,
  { folder, tended, isTooLarge }: PlacesOptions,
): { readonly service: ServiceSpec; readonly places: readonly Place[] } {
  const { reload, container } = spec;
  const isPlaced = (one: Mount) => {
    const need = tendedBy(one, tended);
    return need !== undefined && isTold(one, reload) && !isTooLarge(need);
  };
  // What is not told of stands as it does without a reload: by its content.
  const plain = (one: Mount) => ({ ...one, source: tendedBy(one, tended)?.path ?? one.source });
  const base = container.mounts.map((one) => (isPlaced(one) ? marked(one, tended) : plain(one)));
  const key = textHash(
    JSON.stringify([spec.project, spec.name, specHash({ ...spec, container: { ...container, mounts: base } })]),
  );
  const places = new Map<string, Place>();
  const mounts = container.mounts.map((one): Mount => {
    const need = tendedBy(one, tended);
    if (need === undefined || !isPlaced(one)) return plain(one);
    const file = need.entry.path;
    const path = join(folder, key, file === "" ? posix.basename(need.path) : file);
    places.set(one.source ?? "", { path, file, content: need.path });
    return { ...one, source: path };
  });
  const told = reload === undefined ? {} : { reload: placedReload(reload, places) };
  return { service: { ...spec, ...told, container: { ...container, mounts } }, places: [...places.values()] };
}

/** The same project, which says what of it is to be written yet. */
export function withDue(project: ProjectSpec, due: ReadonlySet<string>): ProjectSpec {
  const services = project.services.map((spec): ServiceSpec => {
    const { reload } = spec;
    if (reload?.tended === undefined) return spec;
    const tended = reload.tended.map((one) => (due.has(one.path) ? { ...one, isDue: true as const } : one));
    return { ...spec, reload: { ...reload, tended } };
  });
  return { ...project, services };
}

function tendedBy({ type, source, readOnly }: Mount, tended: ReadonlyMap<string, Need>): Need | undefined {
  return type === "bind" && readOnly && source !== undefined ? tended.get(source) : undefined;
}

function isTold({ source = "" }: Mount, reload: ReloadPolicy | undefined): boolean {
  if (reload?.kind !== "signal") return reload !== undefined;
  return reload.paths?.some((path) => holds(path, source) || holds(source, path)) ?? true;
}

/** Whatever it holds it is the same, but a file is no folder. */
function marked(mount: Mount, tended: ReadonlyMap<string, Need>): Mount {
  const need = tendedBy(mount, tended);
  return { ...mount, source: `git:${need?.entry.kind ?? ""}:${need?.entry.path ?? ""}` };
}

function placedReload(reload: ReloadPolicy, places: ReadonlyMap<string, Place>): ReloadPolicy {
  const tended = [...places.values()].map(({ path, content }): Tended => ({ path, content: identityOf(content) }));
  const more = tended.length === 0 ? {} : { tended };
  if (reload.kind === "ignore" || reload.paths === undefined) return { ...reload, ...more };
  const of = (path: string) =>
    [...places].flatMap(([written, place]) => (holds(path, written) || holds(written, path) ? [place.path] : []));
  const isWithin = (path: string) => [...places.keys()].some((written) => holds(written, path));
  const paths = reload.paths.flatMap((path) => [...(isWithin(path) ? [] : [path]), ...of(path)]);
  return { ...reload, ...more, paths: [...new Set(paths)] };
}

/** Git's id of it, and whether it may be executed. */
function identityOf(content: string): string {
  return posix.basename(posix.dirname(content));
}
