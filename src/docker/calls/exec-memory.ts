/** Commands that outlived their time, by container: at most one each, however often a hanging one is asked for. */
export class ExecMemory {
  readonly #unfinished = new Map<string, string>();

  unfinished(container: string): string | undefined {
    return this.#unfinished.get(container);
  }

  outlived(container: string, exec: string): void {
    this.#unfinished.set(container, exec);
  }

  ended(container: string): void {
    this.#unfinished.delete(container);
  }

  /** Forgets containers that are gone. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#unfinished.keys()) if (!ids.has(id)) this.#unfinished.delete(id);
  }
}
