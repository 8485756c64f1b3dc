/** One call's time limit joined with its caller's signal; leaves nothing behind on that signal once cleared. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #ended: "expired" | "cancelled" | undefined;

  constructor(
    timeoutMs: number,
    private readonly caller?: AbortSignal,
  ) {
    this.#timer = setTimeout(() => {
      this.#end("expired");
    }, timeoutMs);
    if (caller?.aborted === true) this.#end("cancelled");
    else caller?.addEventListener("abort", this.#cancel, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get expired(): boolean {
    return this.#ended === "expired";
  }

  get cancelled(): boolean {
    return this.#ended === "cancelled";
  }

  /** Rejects when time is up, even where the work itself would never notice. */
  race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise<T>((resolve, reject) => {
      const abort = () => {
        reject(new Error("aborted"));
      };
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort, { once: true });
      void work.then(resolve, reject).finally(() => {
        signal.removeEventListener("abort", abort);
      });
    });
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.caller?.removeEventListener("abort", this.#cancel);
  }

  readonly #cancel = (): void => {
    this.#end("cancelled");
  };

  #end(how: "expired" | "cancelled"): void {
    this.#ended ??= how;
    this.#controller.abort();
  }
}
