/*
 * What a webhook's delivery is lives here: who can send one, and what may become of it. No sender does.
 */

import type { Request } from "express";
import { type ImageReference, parseImage } from "../../compose/values/image.js";
import type { Push } from "../../control/surface/surface.js";
import { FairleadError } from "../../errors.js";
import type { Secret } from "../../tools/secret.js";
import { Refusal } from "../web/refusal.js";
import type { HookType } from "./outcome.js";

/** One kind of sender: how it shows its secret where the path holds none, and what its body names. Pure but for the request. */
export interface Sender {
  readonly type: HookType;
  /** Absent: `/hooks/<type>`. */
  readonly path?: string;
  /** How it proves that it knows a secret without showing it. */
  readonly signature?: Signature;
  secret(req: Request): string | undefined;
  /** It may send a form in place of JSON. */
  readonly form?: true;
  /** Where the JSON stands in its body. Absent: it is the body. */
  jsonIn?(body: Uint8Array, req: Request): Uint8Array;
  /** Throws Refusal 400 for a body that is not this sender's. */
  read(body: unknown, req: Request): HookEvent;
}

export interface Signature {
  /** Whether the sender wants to be known by one. */
  isMeant(req: Request): boolean;
  /** Whether the headers hold what could be a signature of now: only then is the body read. `now` is epoch milliseconds. */
  isOffered(req: Request, now: number): boolean;
  /** For a request that offers one. Takes the same time whichever of the secrets fits. */
  fits(req: Request, body: Uint8Array, secrets: readonly Secret[]): boolean;
}

/** What a delivery points at: a hint where to look, never what to do. */
export interface HookEvent {
  readonly images: readonly ImageReference[];
  /** Names of services, with or without their project. */
  readonly services: readonly string[];
  /** Names of containers. */
  readonly containers?: readonly string[];
  /** Repositories that have news. */
  readonly pushes?: readonly Push[];
  /** Why it concerns nothing here, whatever is declared. */
  readonly reason?: string;
  /** What is built here is to be built again. */
  readonly build?: boolean;
}

/** An image as a stranger wrote it. Throws Refusal 400. */
export function imageFrom(text: string): ImageReference {
  try {
    return parseImage(text);
  } catch (thrown) {
    if (thrown instanceof FairleadError)
      throw new Refusal(400, thrown.message, thrown.remedy, { logged: "what it names is no image" });
    throw thrown;
  }
}
