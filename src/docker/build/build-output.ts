import { withoutValues } from "../../tools/mask.js";
import { printable } from "../../tools/printable.js";
import { quotable } from "../client/refusal.js";
import { readFields, textIn } from "./protobuf.js";

const longestLine = 2_000;
const masking = { shortest: 6, by: "***" };

/** What the objects of a build's stream say, whichever builder it is: lines, the image's id, and why it failed. */
export class BuildOutput {
  id: string | undefined;
  fault: string | undefined;
  readonly #shown = new Set<string>();
  #partial = "";

  /** `values` of build arguments never show, wherever a step prints them. */
  constructor(
    private readonly values: readonly string[],
    private readonly onLine: (line: string) => void,
  ) {}

  take({ stream, aux, id, errorDetail, error }: Readonly<Record<string, unknown>>): void {
    if (typeof stream === "string") this.#text(stream);
    if (id === "moby.buildkit.trace" && typeof aux === "string") this.#trace(Buffer.from(aux, "base64"));
    else if (isObject(aux) && typeof aux["ID"] === "string") this.id = aux["ID"];
    const message = isObject(errorDetail) ? errorDetail["message"] : error;
    if (typeof message === "string") this.fault = this.#masked(quotable(message));
  }

  end(): void {
    if (this.#partial !== "") this.#text("\n");
  }

  /** The classic builder's text, which comes in pieces of lines. */
  #text(text: string): void {
    const lines = (this.#partial + text).split("\n");
    this.#partial = lines.pop() ?? "";
    for (const line of lines) this.#line(line);
  }

  /** BuildKit's `StatusResponse`: the steps (1) and what they print (3). */
  #trace(message: Buffer): void {
    for (const { number, bytes } of readFields(message)) {
      if (number === 1 && bytes !== undefined) this.#step(bytes);
      if (number === 3 && bytes !== undefined) for (const line of textIn(bytes, 4).split("\n")) this.#line(line);
    }
  }

  /** A `Vertex`: its name (3), whether it came from the cache (4), when it began (5). It is told of often, and shown once. */
  #step(vertex: Buffer): void {
    const fields = [...readFields(vertex)];
    const name = textIn(vertex, 3);
    const begun = fields.some(({ number }) => number === 5);
    if (!begun || this.#shown.has(name)) return;
    this.#shown.add(name);
    this.#line(fields.some(({ number, value }) => number === 4 && value === 1) ? `${name} (cached)` : name);
  }

  #line(text: string): void {
    const line = printable(this.#masked(text), longestLine).trimEnd();
    if (line !== "") this.onLine(line);
  }

  #masked(text: string): string {
    return withoutValues(text, this.values, masking);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
