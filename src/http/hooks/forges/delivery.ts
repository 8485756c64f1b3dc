import type { Request } from "express";
import { textAt } from "../../web/json.js";
import { Refusal } from "../../web/refusal.js";
import type { HookEvent } from "../../delivery/sender.js";

/** A single header; a repeated one is none. */
export function headerOf(req: Request, name: string): string | undefined {
  const [value, ...more] = req.headersDistinct[name] ?? [];
  return more.length === 0 ? value : undefined;
}

/** It concerns no repository that could be followed: a success, since senders disable hooks that fail. */
export function nothing(reason: string): HookEvent {
  return { images: [], services: [], reason };
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

export function itemsOf(list: unknown): readonly unknown[] {
  if (list === undefined || list === null) return [];
  if (Array.isArray(list)) return (list as readonly unknown[]).slice(0, mostItems);
  throw new Refusal(400, "a list is expected where the delivery has something else");
}
