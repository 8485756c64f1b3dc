import type { Problem } from "../../values/problem.js";

/** A line to show, and where in it the caret stands (1-based). */
export interface Excerpt {
  readonly line: string;
  readonly column: number;
}

const longest = 100;
/** Whose values may be secrets, or are known to hold some in practice: basic authentication in labels, tokens in options. */
const secretive =
  /(?:^|\.)(?:environment|secrets|configs|args|labels|annotations|command|entrypoint|test|content|options|driver_opts|storage_opt|logging|build|post_start|pre_stop|x-[\w-]+)(?:[.[]|$)/;

/**
 * The place of a problem as it stands in its file, cut down to what is surely no secret: the key, and the one value that
 * the problem is about unless that may be a secret. What stands beside them on the line is left out. Undefined: nothing
 * can be shown. A file that is no YAML holds variables: only their names are shown, and nothing where there is none.
 */
export function excerpt(text: string, { file, line, column, path }: Problem): Excerpt | undefined {
  if (line === undefined || column === undefined) return undefined;
  const source = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/)[line - 1];
  if (source === undefined) return undefined;
  const isYaml = /\.ya?ml$/i.test(file);
  const shown =
    path === "" ? (isYaml ? beginning(source) : undefined) : place(source, column, secretive.test(path) || !isYaml);
  return shown === undefined ? undefined : { ...shown, line: printable(shown.line) };
}

/** The place is that of a fault in the syntax: all that can be told from a value is a key that begins the line. */
function beginning(source: string): Excerpt | undefined {
  const key = /^\s*(?:- +)*["']?[\w.-]{1,64}["']?\s*:(?=\s|$)/.exec(source)?.[0];
  if (key === undefined) return undefined;
  return { line: withRest(key, source), column: key.length - key.trimStart().length + 1 };
}

/** The place is that of a key or value: what stands before it, back to the last sign of a flow collection, is its own key. */
function place(source: string, column: number, isSecret: boolean): Excerpt {
  const before = source.slice(0, column - 1);
  const begin = Math.max(...["{", "[", ","].map((sign) => before.lastIndexOf(sign))) + 1;
  const lead = begin === 0 ? before : `… ${before.slice(begin).trimStart()}`;
  const after = source.slice(column - 1);
  return { line: `${lead}${subject(after, begin > 0, isSecret)}`, column: lead.length + 1 };
}

function subject(after: string, inFlow: boolean, isSecret: boolean): string {
  const key = /^(?:"[^"]*"|'[^']*'|[^\s{}[\],"'#][^{}[\],:#]*)\s*:(?=\s|$)/.exec(after)?.[0];
  if (key !== undefined) return withRest(key, after);
  if (after.startsWith("- ")) return "- …";
  if (/^[{[]/.test(after)) return after.startsWith("{") ? "{…}" : "[…]";
  if (isSecret) return after === "" ? "" : "…";
  const quotation = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(after)?.[0];
  return withRest(quotation ?? (inFlow ? /^[^,{}[\]]*/ : /^.*?(?=\s+#|$)/).exec(after)?.[0].trimEnd() ?? "", after);
}

function withRest(shown: string, whole: string): string {
  const rest = whole.slice(shown.length).trim();
  return rest === "" ? shown : `${shown} …`;
}

function printable(line: string): string {
  const short = line.length > longest ? `${line.slice(0, longest)}…` : line;
  return short.replace(/\t/g, " ").replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "\uFFFD");
}
