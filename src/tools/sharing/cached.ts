/**
 * One value that is fetched when it is wanted and not fresh. Callers during a fetch share it, unless it began before the
 * latest `invalidate()`: what is answered was always asked for after it.
 */
export class Cached<T> {
  #generation = 0;
  #held: { readonly generation: number; readonly value: Promise<T> } | undefined;

  constructor(private readonly fetch: () => Promise<T>) {}

  get(): Promise<T> {
    if (this.#held?.generation === this.#generation) return this.#held.value;
    const held = { generation: this.#generation, value: this.fetch() };
    this.#held = held;
    // A failure is nobody's answer but the present callers'.
    held.value.catch(() => {
      if (this.#held === held) this.#held = undefined;
    });
    return held.value;
  }

  invalidate(): void {
    this.#generation += 1;
  }
}
