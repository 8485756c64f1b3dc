/** The text of some bytes. */
export interface Decoded {
  readonly text: string;
  /** It is no UTF-8: `text` has one character for each byte then, so that nothing is lost. */
  readonly foreign?: Foreign;
}

/** 1-based, in UTF-16 code units, as editors count. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where bytes stop being UTF-8. */
export interface Foreign extends Position {
  /** What they are instead, where that shows. */
  readonly encoding: string | undefined;
}

const replacement = "\uFFFD";
const replacementBytes = Buffer.from(replacement);

export function decoded(bytes: Buffer): Decoded {
  const encoding = wideEncoding(bytes);
  if (encoding !== undefined) return { text: bytes.toString("latin1"), foreign: { line: 1, column: 1, encoding } };
  const text = bytes.toString("utf8");
  const bad = firstBad(text, bytes);
  if (bad === undefined) return { text };
  return { text: bytes.toString("latin1"), foreign: { ...positionAt(text, bad), encoding: undefined } };
}

/** The bytes themselves, as they were. */
export function encoded({ text, foreign }: Decoded): Buffer {
  return Buffer.from(text, foreign === undefined ? "utf8" : "latin1");
}

/** What is said of a text that no UTF-8 is, and what to do. */
export function foreignFault(foreign: Foreign): { readonly message: string; readonly hint: string } & Position {
  const { line, column, encoding } = foreign;
  const [is, first] =
    encoding === undefined
      ? ["is not UTF-8 text", ": the first byte that is none stands here"]
      : [`is not UTF-8 text, but ${encoding}`, ""];
  return { line, column, message: `the file ${is}${first}`, hint: "save it as UTF-8" };
}

/** Undefined: all of the text is in the bytes. Decoding has put a sign of its own where it could not. */
function firstBad(text: string, bytes: Buffer): number | undefined {
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf(replacement); at >= 0; at = text.indexOf(replacement, from)) {
    offset += Buffer.byteLength(text.slice(from, at));
    if (!bytes.subarray(offset, offset + replacementBytes.length).equals(replacementBytes)) return at;
    offset += replacementBytes.length;
    from = at + 1;
  }
  return undefined;
}

/** By its mark, or by the letters of ASCII in its beginning: every second byte is 0. */
function wideEncoding(bytes: Buffer): string | undefined {
  const [first, second, third, fourth] = bytes;
  const begin = (first ?? 1) * 256 + (second ?? 1);
  if ((begin === 0xfffe && third === 0 && fourth === 0) || (begin === 0 && third === 0xfe && fourth === 0xff))
    return "UTF-32";
  if (begin === 0xfffe || begin === 0xfeff) return "UTF-16";
  if (bytes.length < 4) return undefined;
  const isZero = [first, second, third, fourth].map((byte) => byte === 0).join();
  return isZero === "false,true,false,true" || isZero === "true,false,true,false" ? "UTF-16" : undefined;
}

function positionAt(text: string, at: number): Position {
  const lines = text.slice(text.startsWith("\uFEFF") ? 1 : 0, at).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}
