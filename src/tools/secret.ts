/** What stands in the place of a secret wherever one is printed. */
const hidden = "[secret]";

/**
 * A text that nobody may see. Whatever prints it prints `[secret]`: string templates, JSON, `console` and `util.inspect`. It
 * has no property that holds the text, so that a copy of its fields holds nothing. It is opened by `reveal()`, in one
 * function for each place where it is used: a header, a hash, a file.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get isEmpty(): boolean {
    return this.#text === "";
  }

  /** For secrets of our own: it takes longer the more of them is equal. */
  equals(other: Secret | undefined): boolean {
    return other !== undefined && this.#text === other.#text;
  }

  /** What is made of a secret is one too. */
  map(change: (text: string) => string): Secret {
    return new Secret(change(this.#text));
  }

  /** The text itself, for whom it is meant. Never for a message, a log, a label, an address or an argument list. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return hidden;
  }
}
