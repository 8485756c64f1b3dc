/*
 * What a webhook's delivery is lives here: who can send one, how it is proven and read, and what may become of it. No sender
 * does.
 */

import type { Request } from "express";
import type { ImageHint } from "../../compose/values/image.js";
import type { Push } from "../../control/surface/surface.js";
import type { Secret } from "../../tools/secret.js";
import type { Guide, Sample, Subject } from "./guide.js";
import type { HookType } from "./outcome.js";

/** One kind of sender: how it shows its secret where the path holds none, and what its body names. Pure but for the request. */
export interface Sender {
  readonly type: HookType;
  /** The names under `/hooks/`. Absent: its type. */
  readonly names?: readonly string[];
  /** What follows the name, where one type has several addresses: `pull`. */
  readonly action?: string;
  /** How it proves that it knows a secret without showing it. */
  readonly signature?: Signature;
  /** What it shows in place of one. */
  secret(req: Request): string | undefined;
  /** The headers that show a secret so. Absent: it stands in the address, or there is a signature. */
  show?(secret: Secret): Readonly<Record<string, string>>;
  /** What it may send besides JSON, as `Content-Type` has it. */
  readonly media?: readonly string[];
  /** Where the JSON stands in its body. Absent: it is the body. */
  jsonIn?(body: Uint8Array, req: Request): Uint8Array;
  /** What one delivery is known by however often it is sent. Absent: its body. */
  id?(req: Request): string | undefined;
  /** The headers that answer its question by OPTIONS whether deliveries are welcome. Absent: it asks none. */
  welcome?(req: Request): Readonly<Record<string, string>>;
  /** Throws Refusal 400 for a body that is not this sender's. */
  read(body: unknown, req: Request): HookEvent;
  readonly guide: Guide;
  /** What it sends when that has happened which it tells of: a tag has moved, or a repository has news. */
  sample(subject: Subject): Sample;
}

export interface Signature {
  /** Whether the sender wants to be known by one. */
  isMeant(req: Request): boolean;
  /** Whether the headers hold what could be a signature of now: only then is the body read. `now` is epoch milliseconds. */
  isOffered(req: Request, now: number): boolean;
  /** For a request that offers one. Takes the same time whichever of the secrets fits. */
  fits(req: Request, body: Uint8Array, secrets: readonly Secret[]): boolean;
  /** The headers that make a body its sender's. `now` is epoch milliseconds. */
  sign(body: Uint8Array, secret: Secret, now: number): Readonly<Record<string, string>>;
}

/** What a delivery points at: a hint where to look, never what to do. */
export interface HookEvent {
  /** Their tags have moved. */
  readonly images: readonly ImageHint[];
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
  /** The topic that it came through. */
  readonly topic?: string;
  /** The body of the answer, where a sender wants to see one before it sends anything. */
  readonly answer?: Readonly<Record<string, string>>;
}
