/*
 * Variables of a services file live here, and where their values come from. YAML does not.
 */

import { isOwnSecret } from "./own-secrets.js";

export interface Interpolation {
  readonly text: string;
  /** Variables without a value and without a default, in order: they became empty. */
  readonly unset: readonly string[];
  /** Fairlead's own secrets that it asks for: they are not given, and nothing is filled in. */
  readonly withheld: readonly string[];
  /** What is wrong, as sentences; they show neither a variable's value nor the text around it. Empty if all is well. */
  readonly faults: readonly string[];
}

export type Variables = (name: string) => string | undefined;

interface Expression {
  readonly name: string;
  readonly operator: ":-" | "-" | ":?" | "?" | ":+" | "+" | undefined;
  readonly word: Template;
  readonly wordText: string;
}
type Template = readonly (string | Expression)[];

const deepest = 20;

/**
 * Fills in `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:?message}`, `${VAR?message}`,
 * `${VAR:+replacement}` and `${VAR+replacement}`, nested up to 20 deep. `$$` is a dollar sign, and so is a `$` before anything else.
 * Rules: Compose Specification, "Interpolation".
 */
export function interpolate(template: string, variables: Variables): Interpolation {
  const found: Found = { unset: [], withheld: [], faults: [] };
  const parts = new TemplateReader(template, found.faults).read();
  const text = found.faults.length > 0 ? "" : evaluate(parts, variables, found);
  return { text: found.faults.length > 0 || found.withheld.length > 0 ? "" : text, ...found };
}

interface Found {
  readonly unset: string[];
  readonly withheld: string[];
  readonly faults: string[];
}

function evaluate(template: Template, variables: Variables, found: Found): string {
  return template.map((part) => (typeof part === "string" ? part : fillIn(part, variables, found))).join("");
}

function fillIn(expression: Expression, variables: Variables, found: Found): string {
  const { name, operator, word, wordText } = expression;
  if (isOwnSecret(name)) {
    found.withheld.push(name);
    return "";
  }
  const value = variables(name);
  const present = value !== undefined && (value !== "" || !operator?.startsWith(":"));
  switch (operator) {
    case ":-":
    case "-":
      return present ? value : evaluate(word, variables, found);
    case ":+":
    case "+":
      return present ? evaluate(word, variables, found) : "";
    case ":?":
    case "?":
      if (present) return value;
      found.faults.push(`the variable ${name} is required${wordText === "" ? "" : `: ${wordText}`}`);
      return "";
    case undefined:
      if (value === undefined) found.unset.push(name);
      return value ?? "";
  }
}

class TemplateReader {
  #next = 0;

  constructor(
    private readonly source: string,
    private readonly faults: string[],
  ) {}

  read(): Template {
    return this.#template(0);
  }

  /** Up to the end, or, inside an expression, up to the brace that closes it. Plain braces inside a word must pair. */
  #template(depth: number): Template {
    const parts: (string | Expression)[] = [];
    let braces = 0;
    while (this.#next < this.source.length && this.faults.length === 0) {
      const character = this.source.charAt(this.#next);
      if (character === "$") {
        parts.push(this.#dollar(depth));
        continue;
      }
      if (depth > 0 && character === "}" && braces === 0) break;
      if (character === "{") braces++;
      if (character === "}") braces--;
      parts.push(character);
      this.#next++;
    }
    return parts;
  }

  #dollar(depth: number): string | Expression {
    const begin = this.#next;
    const rest = this.source.slice(begin + 1, begin + 3);
    if (rest.startsWith("$")) {
      this.#next += 2;
      return "$";
    }
    this.#next += rest.startsWith("{") ? 2 : 1;
    const name = this.#match(/[A-Za-z_][A-Za-z0-9_]*/y);
    const shown = this.source.slice(begin, this.#next);
    if (!rest.startsWith("{")) return name === "" ? "$" : { name, operator: undefined, word: [], wordText: "" };
    if (name === "") return this.#fail("a name must follow `${`; write `$$` for a plain dollar sign");

    const operator = this.#match(/:?[-?+]/y) as NonNullable<Expression["operator"]> | "";
    if (operator !== "" && depth >= deepest) return this.#fail(`\`${shown}\` is nested too deeply`);
    const wordStart = this.#next;
    const word = operator === "" ? [] : this.#template(depth + 1);
    const wordText = this.source.slice(wordStart, this.#next);
    if (this.faults.length > 0) return "";
    if (this.source.charAt(this.#next) !== "}") {
      const atEnd = this.#next >= this.source.length;
      return this.#fail(`\`${shown}\` ${atEnd ? "lacks its closing brace" : "is followed by an unknown operator"}`);
    }
    this.#next++;
    return { name, operator: operator === "" ? undefined : operator, word, wordText };
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#next;
    const found = pattern.exec(this.source)?.[0] ?? "";
    this.#next += found.length;
    return found;
  }

  #fail(message: string): string {
    this.faults.push(message);
    this.#next = this.source.length;
    return "";
  }
}
