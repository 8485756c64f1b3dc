import { YAMLException } from "js-yaml";
import { quote } from "../../../tools/quote.js";
import type { Position, Repeated } from "./places.js";
import { unclosedBefore } from "./unclosed.js";

export interface YamlFault {
  readonly message: string;
  readonly hint?: string;
  readonly position: Position;
}

/** Where things are in the text as it was written. */
export interface Written {
  readonly positionAt: (offset: number) => Position;
  /** Whether the line that begins at this offset was moved. */
  readonly isShifted: (offset: number) => boolean;
  readonly repeated: readonly Repeated[];
}

/** What the parser says, with the place where it went wrong, which may be before that where it was noticed. */
export function yamlFault(thrown: unknown, { positionAt, isShifted, repeated }: Written): YamlFault {
  if (!(thrown instanceof YAMLException) || thrown.mark === undefined) {
    const reason = thrown instanceof YAMLException ? thrown.reason : "the YAML parser failed";
    return { message: `invalid YAML: ${reason}`, position: { line: 1, column: 1 } };
  }
  const { reason, mark } = thrown;
  const position = positionAt(mark.position);
  if (reason === "duplicated mapping key") return twice(position, repeated);
  const unclosed = isOfText(reason) ? unclosedBefore(mark.buffer, mark.position, isShifted) : undefined;
  const sign = mark.buffer.charAt(unclosed?.offset ?? mark.position);
  if (unclosed === undefined) {
    if (/^bad indentation/.test(reason) && /[@`%]/.test(sign)) {
      return { message: `invalid YAML: no value begins with ${sign}`, hint: "put it in quotes", position };
    }
    const [, plain, hint] = words.find(([pattern]) => pattern.test(reason)) ?? [];
    return { message: `invalid YAML: ${plain ?? reason}`, position, ...(hint === undefined ? {} : { hint }) };
  }
  const { kind, offset, end } = unclosed;
  const begin = positionAt(offset);
  if (end !== undefined) {
    const last = positionAt(end).line;
    if (last === begin.line) {
      const escaped = sign === "'" ? "''" : '\\"';
      const hint = `put the whole value in quotes; a ${sign} in it is ${escaped}`;
      return { message: "invalid YAML: something follows the closing quotation mark", hint, position };
    }
    const message = `invalid YAML: the quotation that begins here ends only in line ${last}, where something follows it`;
    return { message, hint: `put the closing ${sign} where the text ends`, position: begin };
  }
  if (kind === "quotation") {
    return {
      message: `invalid YAML: the quotation that begins here is not closed`,
      hint: `put a ${sign} where the text ends`,
      position: begin,
    };
  }
  const closing = sign === "[" ? "]" : "}";
  return {
    message: `invalid YAML: the ${sign} that stands here is not closed`,
    hint: `put a ${closing} where it ends`,
    position: begin,
  };
}

export function mergedTwice({ first, second }: Repeated): YamlFault {
  const message = `invalid YAML: the key "<<" stands in this mapping before, in line ${first.line}`;
  return { message, hint: "write one with a list: `<<: [*a, *b]`", position: second };
}

function twice(position: Position, repeated: readonly Repeated[]): YamlFault {
  const found = repeated.find(({ second }) => second.line === position.line && second.column === position.column);
  const message =
    found === undefined
      ? "invalid YAML: the same key stands in this mapping before"
      : `invalid YAML: the key ${quote(found.name)} stands in this mapping before, in line ${found.first.line}`;
  return { message, hint: "remove one of the two, or rename it", position };
}

/** Not of what the text means. */
function isOfText(reason: string): boolean {
  return !/exceeded|null byte|tag|alias|merge/.test(reason);
}

const lineUp = "line up what belongs together, and put a text with `: ` or ` #` in it in quotes";
const keyForm = "write `key: value`, with a colon and a space; put a text of several lines in quotes";

/** What the parser's own words mean, where those do not say it, and what to do. */
const words: readonly (readonly [pattern: RegExp, plain: string | undefined, hint: string])[] = [
  [/^tab characters/, undefined, "indent with spaces"],
  [/^deficient indentation/, "the line is not indented far enough", lineUp],
  [/^bad indentation of a mapping entry/, "the line does not fit the mapping around it", lineUp],
  [/^bad indentation of a sequence entry/, "the line does not fit the list around it", lineUp],
  [/^missed comma/, "a comma or a closing bracket is missing before this", "put a comma between the items"],
  [/^expected ':' after a mapping key/, "a key without a colon", keyForm],
  [/^can not read a block mapping entry/, "a key without a colon, or over several lines", keyForm],
  [/^a whitespace character is expected/, "a space is missing after the colon", keyForm],
  [/^null byte/, "a NUL character", "take it out, and save the file as UTF-8 text"],
  [/non-printable/, "a control character", "take it out; in double quotes it can be written as `\\x1b`"],
  [/^unknown escape sequence/, undefined, "a backslash in double quotes is `\\\\`; in single quotes it is itself"],
  [/^unidentified alias/, undefined, "write the anchor, such as `&name`, at the value that is meant, before the alias"],
  [
    /^cannot merge mappings/,
    "`<<` stands before something that is no mapping",
    "write an alias of a mapping, or a list of them",
  ],
  [/exceeded max/, undefined, "write it with fewer levels and aliases"],
  [/^end of the stream or a document separator/, "this line does not fit what stands before it", keyForm],
  [/^directives end mark/, undefined, "write `---` after the directives, or leave them out"],
  [
    /^cannot resolve a node with !<tag:yaml.org,2002:binary>/,
    "what is tagged as !!binary is not base64 of UTF-8 text",
    "other bytes can be a file of `configs` or `secrets`",
  ],
  [/^cannot resolve a node/, undefined, "the value does not fit its tag: change it, or leave the tag out"],
  [/^unknown \w+ tag/, undefined, "leave it out; !reset and !override are Compose's own"],
];
