/*
 * What any program could use lives here. Nothing of Docker, Compose or Fairlead's own words does.
 */

/** Terminal sequences: CSI, OSC up to its end, and two-character escapes. */
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g;

/**
 * Text from outside as one line: without control and format characters (bidirectional overrides are format characters),
 * without line separators, cut to a length.
 */
export function printable(text: string, limit = Infinity): string {
  const line = text
    .replace(escapes, "")
    .replace(/[\t\r\n\u0085\u2028\u2029]+/g, " ")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "")
    .trimEnd();
  // Half a character may be left at its end.
  return line.length > limit ? `${line.slice(0, limit).replace(/\p{Cs}$/u, "")}…` : line;
}

/** The message, which others may have written, is one line; the frames below it are one each. */
function printableStack(stack: string): string {
  const frames = stack.search(/\n\s+at /);
  const [message, below] = frames < 0 ? [stack, ""] : [stack.slice(0, frames), stack.slice(frames + 1)];
  const lines = below === "" ? [] : below.split("\n");
  return [message, ...lines].map((line) => printable(line)).join("\n");
}

/**
 * What is about to be written out, whatever it is: line breaks, tabs and our own colours stay, every other character that could
 * steer a terminal or look like a line of its own is written as `\uXXXX`. JSON stays the same JSON.
 */
export function visible(text: string): string {
  return text.replace(/\u001b\[(?:0|1|2|22|3[0-79])m|[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (found) => {
    if (found.length > 2 || found === "\n" || found === "\t") return found;
    return found.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  });
}

/** Every text in a value of JSON, made printable; stack traces keep their lines. */
export function printableValue(value: unknown, key = ""): unknown {
  if (typeof value === "string") return key === "stack" ? printableStack(value) : printable(value);
  if (Array.isArray(value)) return value.map((item: unknown) => printableValue(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [printable(name), printableValue(item, name)]));
}
