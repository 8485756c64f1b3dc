import { runOf } from "./host/observed.js";
import type { ObservedContainer } from "./host/observed.js";

/** A container that was told of changed files. */
export interface Reload {
  /** The engine's id, and the name that it had. */
  readonly container: string;
  readonly name: string;
  /** The run that was told, as by `runOf`: another one has read everything anew. */
  readonly startedAt: number | undefined;
  /** When it was told. Epoch ms. */
  readonly at: number;
  readonly signal: string;
  /** Paths on the host, each with what identifies the content that it was told of. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** It was unhealthy already. */
  readonly wasSick?: true;
  /** Absent: it is watched. */
  readonly outcome?: "well" | "failed";
  /** Why it has failed. */
  readonly message?: string;
}

/** Oldest first. */
export type ReloadMemory = readonly Reload[];

const most = 100;

/** What is remembered after a `signal-container`. */
export function withReload(before: ReloadMemory, reload: Reload): ReloadMemory {
  return [...before.slice(1 - most), reload];
}

/** What is remembered after a `note-reload`. */
export function withReloadEnd(before: ReloadMemory, container: string, message: string | undefined): ReloadMemory {
  const last = lastReload(before, { id: container });
  if (last === undefined) return before;
  const end = message === undefined ? { outcome: "well" as const } : { outcome: "failed" as const, message };
  return before.map((one) => (one === last ? { ...one, ...end } : one));
}

export function lastReload(
  memory: ReloadMemory | undefined,
  { id }: Pick<ObservedContainer, "id">,
): Reload | undefined {
  return memory?.findLast(({ container }) => container === id);
}

/** Of the run that it is in. */
export function ownReload(
  memory: ReloadMemory | undefined,
  container: Pick<ObservedContainer, "id" | "run" | "startedAt">,
): Reload | undefined {
  const last = lastReload(memory, container);
  return last?.startedAt === runOf(container) ? last : undefined;
}
