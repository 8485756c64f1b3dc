import type { ProbeCheck } from "../../compose/model/service.js";
import type { NetworkLocation } from "../../plan/model/host/location.js";

/** Asks a container from outside whether it is ready. */
export interface Prober {
  /** One attempt, over within `timeoutMs`; leaves no connection behind. Never rejects. */
  attempt(target: ProbeTarget, check: ProbeCheck, timeoutMs: number, signal: AbortSignal): Promise<ProbeAnswer>;
}

export interface ProbeTarget {
  /** Full engine id. */
  readonly container: string;
  readonly location: NetworkLocation | undefined;
}

/** A message is one line, and holds no header, path or command of the file: those may bear secrets. */
export type ProbeAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string }
  /** It could not be asked, which says nothing about it. */
  | { readonly kind: "unknown"; readonly message: string };
