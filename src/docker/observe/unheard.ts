/**
 * Changes of ours that a list has shown and no event has told. An event may come a little later than what it tells of;
 * one that does not come at all was lost, or the stream has gone silent.
 */
export class Unheard {
  /** Since when, by container id. */
  readonly #since = new Map<string, number>();

  changed(ids: readonly string[], now: number): void {
    for (const id of ids) if (!this.#since.has(id)) this.#since.set(id, now);
  }

  /** An event has named it. */
  heard(id: string): void {
    this.#since.delete(id);
  }

  /** Whether any has waited for its event for so long. */
  isOlderThan(ms: number, now: number): boolean {
    return [...this.#since.values()].some((since) => now - since >= ms);
  }

  /** A new stream begins: what happened before is looked at anyway. */
  clear(): void {
    this.#since.clear();
  }
}
