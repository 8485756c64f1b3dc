/** A line as it stands in a file. */
export interface RawLine {
  /** Without its line break; of one that is too long, its beginning. */
  readonly text: string;
  /** With its line break. */
  readonly bytes: number;
  /** `torn`: the file ends before the line does. */
  readonly state: "whole" | "torn" | "too-long";
}

/** No line that is written comes near it. */
const longestLine = 8 * 1024 * 1024;
const shownOfLong = 4 * 1024;
const lineBreak = 10;

/** The lines of a file, some at a time. However long the file and its lines are, little of them is in memory. */
export async function* linesIn(
  pieces: AsyncIterable<Buffer>,
  longest = longestLine,
): AsyncGenerator<readonly RawLine[]> {
  let begun: Buffer[] = [];
  let kept = 0;
  let bytes = 0;
  const take = (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > longest && kept > shownOfLong) {
      begun = [Buffer.from(Buffer.concat(begun).subarray(0, shownOfLong))];
      kept = shownOfLong;
    } else if (bytes <= longest) {
      begun.push(piece);
      kept += piece.length;
    }
  };
  const finish = (ended: boolean): RawLine => {
    const isLong = bytes > longest;
    const text = Buffer.concat(begun).toString("utf8", 0, isLong ? Math.min(kept, shownOfLong) : kept);
    const line: RawLine = {
      text,
      bytes: bytes + (ended ? 1 : 0),
      state: isLong ? "too-long" : ended ? "whole" : "torn",
    };
    begun = [];
    kept = 0;
    bytes = 0;
    return line;
  };
  for await (const piece of pieces) {
    const lines: RawLine[] = [];
    let from = 0;
    for (let to = piece.indexOf(lineBreak); to >= 0; to = piece.indexOf(lineBreak, from)) {
      take(piece.subarray(from, to));
      lines.push(finish(true));
      from = to + 1;
    }
    if (from < piece.length) take(piece.subarray(from));
    if (lines.length > 0) yield lines;
  }
  if (bytes > 0) yield [finish(false)];
}
