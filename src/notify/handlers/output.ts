import { readLines } from "../../tools/streams/lines.js";
import { printable } from "../../tools/printable.js";

const mostLines = 200;
const mostLetters = 64 * 1024;
const longestLine = 1_000;

/** What a program says: its last lines, as far as they fit. The rest is read and forgotten, so that it is never held up. */
export class Output {
  readonly #lines: string[] = [];
  #letters = 0;
  #count = 0;

  /** `onLine`: is called for as many lines as are kept. */
  constructor(private readonly onLine: (line: string) => void = () => undefined) {}

  get last(): readonly string[] {
    return this.#lines;
  }

  /** How many lines there were before those. */
  get lost(): number {
    return this.#count - this.#lines.length;
  }

  async take(stream: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const line of readLines(stream)) this.#add(line);
    } catch {
      // What has been said until it broke off is enough.
    }
  }

  #add(text: string): void {
    const line = printable(text, longestLine);
    if (line === "") return;
    this.#count += 1;
    if (this.#count <= mostLines) this.onLine(line);
    this.#lines.push(line);
    this.#letters += line.length;
    while (this.#lines.length > mostLines || this.#letters > mostLetters)
      this.#letters -= this.#lines.shift()?.length ?? 0;
  }
}
