import { Refusal } from "../web/refusal.js";
import { textAt } from "../web/json.js";
import type { ImageHint } from "../../compose/values/image.js";
import type { HookEvent } from "./sender.js";

/** It concerns no image and no repository: a success, since senders disable hooks that fail. */
export function nothing(reason: string): HookEvent {
  return { images: [], services: [], reason };
}

export const ping = nothing("a ping: the hook works");

/** What a sender says of an artifact that no tag stands for: nothing that is declared by its tag has moved. */
export const untagged = "it names no tag of an image: no declared tag has moved";

/** Tags of images have moved. None: `otherwise` says why. */
export function moved(images: readonly ImageHint[], otherwise: string = untagged): HookEvent {
  return images.length === 0 ? nothing(otherwise) : { images, services: [] };
}

/** News of a repository under these addresses, at these references. */
export function pushed(repositories: readonly (string | undefined)[], refs: readonly string[]): HookEvent {
  const known = repositories.filter((one) => one !== undefined);
  if (known.length === 0) throw new Refusal(400, "the delivery names no repository");
  const pushes =
    refs.length === 0 ? [{ repositories: known, ref: undefined }] : refs.map((ref) => ({ repositories: known, ref }));
  return { images: [], services: [], pushes };
}

/** The texts at `path` in the items of a list; no list at all is an empty one. Throws Refusal 400. */
export function textsAt(list: unknown, ...path: readonly string[]): readonly string[] {
  return itemsOf(list).flatMap((item) => textAt(item, ...path) ?? []);
}

const mostItems = 1_000;

/** The first items of a list; no list at all is an empty one. Throws Refusal 400 for anything else. */
export function itemsOf(list: unknown): readonly unknown[] {
  if (list === undefined || list === null) return [];
  if (Array.isArray(list)) return (list as readonly unknown[]).slice(0, mostItems);
  throw new Refusal(400, "a list is expected where the delivery has something else");
}
