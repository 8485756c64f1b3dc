import type { LogLine, LogQuery } from "../../src/control/ports/logs.js";

/** What one container has logged, and who is reading it. */
export class Logbook {
  readonly #lines: LogLine[] = [];
  readonly #readers = new Set<() => void>();

  constructor(private readonly now: () => number) {}

  get texts(): readonly string[] {
    return this.#lines.map(({ text }) => text);
  }

  /** Each line has a time of its own, as on an engine. */
  write(text: string, stream: LogLine["stream"] = "stdout"): void {
    const count = String(this.#lines.length).padStart(6, "0");
    this.#lines.push({ at: new Date(this.now()).toISOString().replace("Z", `${count}Z`), stream, text });
    this.stir();
  }

  /** Something has changed for those who follow: a line, or its container has ended. */
  stir(): void {
    for (const reader of [...this.#readers]) reader();
  }

  async *read(
    { follow, tail, since = "" }: LogQuery,
    runs: () => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<LogLine> {
    const from = tail === undefined ? 0 : Math.max(0, this.#lines.length - tail);
    const isLeft = () => signal.aborted;
    for (let index = from; !isLeft(); index += 1) {
      while (follow && index >= this.#lines.length && runs() && !isLeft()) await this.#stirred(signal);
      const line = this.#lines[index];
      if (line === undefined) return;
      if (line.at >= since) yield line;
    }
  }

  async #stirred(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#readers.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#readers.add(done);
      signal.addEventListener("abort", done);
    });
  }
}
