/** Hands what many write to one reader. A writer waits until its item is taken, so that nothing piles up in between. */
export class Funnel<T> {
  readonly #offers: { readonly item: T; readonly taken: () => void }[] = [];
  #wake: () => void = () => undefined;

  /** When the signal aborts, the reader's items end and no writer waits any more. */
  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener(
      "abort",
      () => {
        for (const { taken } of this.#offers.splice(0)) taken();
        this.#wake();
      },
      { once: true },
    );
  }

  put(item: T): Promise<void> {
    if (this.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#offers.push({ item, taken: resolve });
      this.#wake();
    });
  }

  /** For one reader. */
  async *items(): AsyncGenerator<T> {
    while (!this.signal.aborted) {
      const offer = this.#offers.shift();
      if (offer === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else {
        offer.taken();
        yield offer.item;
      }
    }
  }
}
