/** Terminal sequences: CSI, OSC up to its end, and two-character escapes. */
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g;

/** One line without control and format characters (bidirectional overrides are format characters), cut to a length. */
export function printable(text: string, limit: number): string {
  const line = text
    .replace(escapes, "")
    .replace(/[\t\r\n\u2028\u2029]+/g, " ")
    .replace(/[\p{Cc}\p{Cf}]/gu, "")
    .trimEnd();
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}
