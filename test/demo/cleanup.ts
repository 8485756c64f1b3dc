/** What has been made is taken down in reverse order, once, whatever ended the demo. */
export class Cleanup {
  readonly #tasks: (() => Promise<unknown>)[] = [];
  #running: Promise<readonly unknown[]> | undefined;

  /** What is made while the cleaning goes on is taken down at once. */
  async defer(task: () => Promise<unknown>): Promise<void> {
    if (this.#running === undefined) this.#tasks.push(task);
    else await task();
  }

  /** Goes on after an error; answers all of them. */
  run(): Promise<readonly unknown[]> {
    this.#running ??= this.#all();
    return this.#running;
  }

  async #all(): Promise<readonly unknown[]> {
    const errors: unknown[] = [];
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      await task().catch((error: unknown) => errors.push(error));
    }
    return errors;
  }
}
