import { Refusal } from "../client/refusal.js";

/** Why starts were refused, in the engine's words: Podman keeps that nowhere. */
export class StartMemory {
  readonly #reasons = new Map<string, string>();

  refused(id: string, error: unknown): void {
    const reason = error instanceof Refusal ? error : error instanceof Error ? error.cause : undefined;
    if (reason instanceof Refusal) this.#reasons.set(id, reason.message);
  }

  /** Or is about to be. */
  started(id: string): void {
    this.#reasons.delete(id);
  }

  reasonOf(id: string): string | undefined {
    return this.#reasons.get(id);
  }

  /** Forgets containers that are gone. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#reasons.keys()) if (!ids.has(id)) this.#reasons.delete(id);
  }
}
