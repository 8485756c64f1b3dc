import { serviceHash } from "../../../compose/model/hash.js";
import { serviceKey } from "../../../compose/model/service.js";
import type { ServiceKey } from "../../../compose/model/service.js";
import type { ImageVersion } from "../../../compose/values/image.js";
import type { ObservedImage } from "./host-snapshot.js";
import { awaitedBy, builtFor, keptBy } from "./names.js";

type Service = { readonly project: string; readonly name: string };

/** A tag of ours on an image. */
export interface OwnTag {
  readonly image: ObservedImage;
  readonly tag: string;
}

export interface KeptTag extends OwnTag {
  readonly revision: number;
}

interface Index {
  readonly byId: ReadonlyMap<string, ObservedImage>;
  /** By tags and digests, as the engine names them. */
  readonly byName: ReadonlyMap<string, ObservedImage>;
  readonly byRepository: ReadonlyMap<string, readonly ObservedImage[]>;
  readonly kept: ReadonlyMap<string, readonly KeptTag[]>;
  readonly ahead: ReadonlyMap<string, readonly OwnTag[]>;
  readonly built: ReadonlyMap<string, readonly OwnTag[]>;
}

/** A host has as many images as services: each look at each service would go through the tags of all of them. */
const indexes = new WeakMap<readonly ObservedImage[], Index>();

export function imageById(images: readonly ObservedImage[], id: ImageVersion): ObservedImage | undefined {
  return indexOf(images).byId.get(id);
}

/** By a tag, or by a digest of its repository. */
export function imageByName(images: readonly ObservedImage[], name: string): ObservedImage | undefined {
  return indexOf(images).byName.get(name);
}

/** Those that have a tag or a digest of this repository, by its familiar name. */
export function imagesOf(images: readonly ObservedImage[], repository: string): readonly ObservedImage[] {
  return indexOf(images).byRepository.get(repository) ?? [];
}

/** Our tags that keep the images of a service's revisions, as the images come. */
export function keptTags(images: readonly ObservedImage[], { project, name }: Service): readonly KeptTag[] {
  return indexOf(images).kept.get(`${project}.${name}`) ?? [];
}

/** Our tag on the image that is there ahead of a service's rollout. */
export function aheadTags(images: readonly ObservedImage[], { project, name }: Service): readonly OwnTag[] {
  const { ahead } = indexOf(images);
  return ahead.size === 0 ? [] : (ahead.get(`${project}.${name}`) ?? []);
}

/** The services that an image is here ahead for. */
export function awaitedServices(images: readonly ObservedImage[]): readonly ServiceKey[] {
  return [...indexOf(images).ahead.keys()].map((service) => {
    // No project has a dot in its name.
    const dot = service.indexOf(".");
    return serviceKey(service.slice(0, dot), service.slice(dot + 1));
  });
}

/** Our marks on what was built here for a service, as the images come. */
export function builtTags(images: readonly ObservedImage[], service: Service): readonly OwnTag[] {
  const { built } = indexOf(images);
  return built.size === 0 ? [] : (built.get(serviceHash(service)) ?? []);
}

function indexOf(images: readonly ObservedImage[]): Index {
  const known = indexes.get(images);
  if (known !== undefined) return known;
  const made = makeIndex(images);
  indexes.set(images, made);
  return made;
}

function makeIndex(images: readonly ObservedImage[]): Index {
  const byId = new Map<string, ObservedImage>();
  const byName = new Map<string, ObservedImage>();
  const byRepository = new Map<string, ObservedImage[]>();
  const kept = new Map<string, KeptTag[]>();
  const ahead = new Map<string, OwnTag[]>();
  const built = new Map<string, OwnTag[]>();
  for (const image of images) {
    if (!byId.has(image.id)) byId.set(image.id, image);
    for (const name of [...image.tags, ...image.digests]) if (!byName.has(name)) byName.set(name, image);
    for (const name of new Set([...image.tags, ...image.digests].map(repositoryIn))) add(byRepository, name, image);
    for (const tag of image.tags) {
      const keeper = keptBy(tag);
      if (keeper !== undefined) add(kept, keeper.service, { image, tag, revision: keeper.revision });
      const awaited = awaitedBy(tag);
      if (awaited !== undefined) add(ahead, awaited, { image, tag });
      const builder = builtFor(tag);
      if (builder !== undefined) add(built, builder, { image, tag });
    }
  }
  return { byId, byName, byRepository, kept, ahead, built };
}

/** `repository:tag` or `repository@digest`, without either; the repository may have a port. */
function repositoryIn(name: string): string {
  const bare = name.split("@", 1)[0] ?? name;
  const colon = bare.lastIndexOf(":");
  return colon > bare.lastIndexOf("/") ? bare.slice(0, colon) : bare;
}

function add<T>(map: Map<string, T[]>, key: string, one: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [one]);
  else list.push(one);
}
