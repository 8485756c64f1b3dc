export interface Challenge {
  /** Lower case. */
  readonly scheme: string;
  /** Names in lower case; the first of equal names counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * The challenges of WWW-Authenticate (RFC 9110, 11.6.1): several in one header or in several, values quoted or not, with
 * commas and escapes inside quotes. What cannot be read ends the list; it never throws.
 */
export function parseChallenges(header: string | readonly string[] | undefined): readonly Challenge[] {
  const lines = header === undefined ? [] : typeof header === "string" ? [header] : header;
  return lines.flatMap(parseLine);
}

function parseLine(line: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let rest = line;
  for (;;) {
    rest = rest.replace(/^[\s,]+/, "");
    const word = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/.exec(rest)?.[0];
    if (word === undefined) return challenges;
    rest = rest.slice(word.length);
    const current = challenges.at(-1);
    const equals = /^\s*=\s*/.exec(rest)?.[0];
    if (equals === undefined || current === undefined) {
      challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
      continue;
    }
    const { value, length } = readValue(rest.slice(equals.length));
    const name = word.toLowerCase();
    if (!current.parameters.has(name)) current.parameters.set(name, value);
    rest = rest.slice(equals.length + length);
  }
}

/** A quoted string without its quotes and escapes, or everything up to the next comma or blank. */
function readValue(text: string): { readonly value: string; readonly length: number } {
  const quoted = /^"((?:[^"\\]|\\.)*)("|$)/s.exec(text);
  if (quoted !== null) return { value: (quoted[1] ?? "").replace(/\\(.)/gs, "$1"), length: quoted[0].length };
  const bare = /^[^\s,]*/.exec(text)?.[0] ?? "";
  return { value: bare, length: bare.length };
}
