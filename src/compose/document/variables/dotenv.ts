import { Secret } from "../../../tools/secret.js";
import type { Problem, Warning } from "../../values/problem.js";
import { interpolate, type Variables } from "./interpolate.js";
import { isOwnSecret, ownSecretFault, ownSecretHint } from "./own-secrets.js";

export interface DotenvFile {
  /** In the order of the file; of several of one name the last counts. */
  readonly entries: readonly (readonly [name: string, value: string])[];
  /** What is wrong, with its place. No message shows a value, nor the name of a variable within one: it may be a part of a secret. */
  readonly faults: readonly Omit<Problem, "file">[];
  readonly warnings: readonly Omit<Warning, "file">[];
}

/**
 * Reads a file of `NAME=value` lines in Compose's dialect: `export`, `NAME: value`, quotes (double ones with escapes, both
 * over several lines), comments after white space, and variables, filled in from `variables`, else from earlier lines,
 * else from `earlier` files. A name alone takes its value from `variables`, and is left out if there is none.
 */
export function readDotenv(text: string, variables: Variables, earlier: Variables = () => undefined): DotenvFile {
  return new DotenvReader(text, variables, earlier).read();
}

/** `format: raw`, as `docker run --env-file` reads it: what follows the first `=` is the value, to the end of the line. */
export function readRawEnv(text: string, variables: Variables): DotenvFile {
  const faults: Omit<Problem, "file">[] = [];
  const entries = new Map<string, string>();
  for (const [index, line] of normalLines(text).split("\n").entries()) {
    const written = line.trimStart();
    if (written === "" || written.startsWith("#")) continue;
    const equals = written.indexOf("=");
    const name = equals < 0 ? written.trimEnd() : written.slice(0, equals);
    const value = equals < 0 ? variables(name) : written.slice(equals + 1);
    const column = line.length - written.length + 1;
    if (name === "" || /[\s\0]/.test(name)) faults.push({ line: index + 1, column, path: "", ...nameFault });
    else if (value?.includes("\0") === true) faults.push({ line: index + 1, column, path: name, ...nulFault });
    else if (equals < 0 && isOwnSecret(name)) faults.push({ line: index + 1, column, path: name, ...ownSecret(name) });
    else if (value !== undefined) entries.set(name, value);
  }
  return { entries: [...entries], faults, warnings: [] };
}

const nameFault = {
  message: "expected a variable's name and `=`",
  hint: "a name has letters, digits, `_`, `.`, `-`; put a value of several lines in quotes",
};
const nulFault = {
  message: "the value holds a NUL character, at which programs and the kernel end every text",
  hint: "take it out; what is no text can be a file of `secrets`",
};
const ownSecret = (name: string) => ({ message: ownSecretFault(name), hint: ownSecretHint });
const escapes: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  '"': '"',
  "\\": "\\",
  // For the interpolation that follows: a plain dollar sign.
  $: "$$",
};

function normalLines(text: string): string {
  return (text.startsWith("\uFEFF") ? text.slice(1) : text).replace(/\r\n?/g, "\n");
}

class DotenvReader {
  readonly #text: string;
  readonly #entries = new Map<string, string>();
  readonly #faults: Omit<Problem, "file">[] = [];
  readonly #warnings: Omit<Warning, "file">[] = [];
  #next = 0;

  constructor(
    text: string,
    private readonly variables: Variables,
    private readonly earlier: Variables,
  ) {
    this.#text = normalLines(text);
  }

  read(): DotenvFile {
    for (this.#skip(/\s*/y); this.#next < this.#text.length; this.#skip(/\s*/y)) this.#statement();
    return { entries: [...this.#entries], faults: this.#faults, warnings: this.#warnings };
  }

  #statement(): void {
    if (this.#skip(/#[^\n]*/y) !== "") return;
    this.#skip(/export[ \t]+/y);
    const begin = this.#next;
    const name = this.#skip(/[\w.\-[\]]+/y);
    this.#skip(/[ \t]*/y);
    const separator = this.#skip(/[=:]/y);
    if (name === "" || (separator === "" && !this.#atLineEnd())) {
      this.#fault(begin, "", nameFault.message, nameFault.hint);
      this.#skip(/[^\n]*/y);
      return;
    }
    const value = separator === "" ? this.variables(name) : this.#value(name);
    if (separator === "") {
      this.#skip(/[^\n]*/y);
      if (isOwnSecret(name)) this.#fault(begin, name, ownSecretFault(name), ownSecretHint);
    }
    if (value?.includes("\0") === true) this.#fault(begin, name, nulFault.message, nulFault.hint);
    else if (value !== undefined) this.#entries.set(name, value);
  }

  #value(name: string): string | undefined {
    this.#skip(/[ \t]*/y);
    const begin = this.#next;
    const quote = this.#skip(/["']/y);
    if (quote === "") {
      const line = this.#skip(/[^\n]*/y);
      return this.#filledIn(line.replace(/\s#.*$/, "").trimEnd(), name, begin);
    }
    const written = this.#skip(quote === '"' ? /[^"\\]*(?:\\[^][^"\\]*)*/y : /[^'\\]*(?:\\[^][^'\\]*)*/y);
    if (this.#skip(/["']/y) === "") {
      this.#fault(begin, name, `the closing ${quote} is missing`, "close the quotation");
      return undefined;
    }
    const after = this.#next;
    if (!/^[ \t]*(?:#|$)/.test(this.#skip(/[^\n]*/y))) {
      this.#fault(after, name, "something follows the closing quotation mark", "put the whole value in quotes");
      return undefined;
    }
    if (quote === "'") return written.replaceAll("\\'", "'");
    const unescaped = written.replace(/\\(?:0([0-7]{1,3})|([abfnrtv"\\$]))/g, (_, octal?: string, letter = "") =>
      octal === undefined ? (escapes[String(letter)] ?? "") : String.fromCharCode(Number.parseInt(octal, 8)),
    );
    return this.#filledIn(unescaped, name, begin);
  }

  #filledIn(template: string, name: string, begin: number): string | undefined {
    const lookUp = (variable: string) =>
      this.variables(variable) ?? this.#entries.get(variable) ?? this.earlier(variable);
    const { text, unset, withheld, faults } = interpolate(template, lookUp);
    const plain = "a plain dollar sign is `$$`, or stands in single quotes";
    for (const own of withheld) this.#fault(begin, name, ownSecretFault(own), ownSecretHint);
    if (faults.length > 0) this.#fault(begin, name, "a variable in the value cannot be filled in", plain);
    if (unset.length > 0) {
      const message = "a variable in the value is not set and becomes empty";
      const withheld = new Secret([...new Set(unset)].join(", "));
      this.#warnings.push({ ...this.#position(begin), path: name, message, hint: plain, withheld });
    }
    return faults.length > 0 || withheld.length > 0 ? undefined : text;
  }

  #atLineEnd(): boolean {
    return this.#next >= this.#text.length || /[\n#]/.test(this.#text.charAt(this.#next));
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#next;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#next += found.length;
    return found;
  }

  #fault(offset: number, path: string, message: string, hint: string): void {
    this.#faults.push({ ...this.#position(offset), path, message, hint });
  }

  #position(offset: number): { readonly line: number; readonly column: number } {
    const before = this.#text.slice(0, offset);
    return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
  }
}
