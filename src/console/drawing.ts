import type { WriteStream } from "node:tty";
import type { Live } from "../cli/shared/wiring.js";
import type { Environment } from "../process/environment.js";
import { visible } from "../tools/printable.js";

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
/** What is longer than a line is cut by the terminal itself: it alone knows how wide each character is. */
const cutLines = "\u001b[?7l";
const wrapLines = "\u001b[?7h";
const eraseBelow = "\u001b[J";
const usualRows = 24;

/** Whether something may be drawn there in place of what stood before. */
export function isDrawnOn(out: WriteStream, argv: readonly string[], environment: Environment): boolean {
  // Of a stream that is no terminal it is undefined, whatever its type says.
  if (!(out.isTTY as boolean | undefined)) return false;
  const { NO_COLOR: plain = "", CI: pipeline = "", TERM: terminal } = environment;
  return plain === "" && pipeline === "" && terminal !== "dumb" && !argv.includes("--no-color");
}

/** Draws lines at the end of what stands on a terminal, each time over those before. */
export function drawing(out: WriteStream): Live {
  const state = { drawn: 0, begun: false, lines: [] as readonly string[] };
  const back = () => (state.drawn === 0 ? "" : `\u001b[${state.drawn}A\r${eraseBelow}`);
  const restore = () => {
    out.write(`${wrapLines}${showCursor}`);
  };
  const write = (above: readonly string[], lines: readonly string[]) => {
    if (!state.begun) process.once("exit", restore);
    const text = lines.map((line) => `${visible(line)}\n`).join("");
    const stays = above.map((line) => `${visible(line)}\n`).join("");
    out.write(`${hideCursor}${back()}${stays}${cutLines}${text}${wrapLines}`);
    Object.assign(state, { begun: true, drawn: lines.length, lines });
  };
  return {
    draw: (lines) => {
      write([], lines);
    },
    above: (line) => {
      write([line], state.lines);
    },
    // A terminal that has not been told its size says 0.
    rows: () => out.rows || usualRows,
    end: () => {
      if (!state.begun) return;
      out.write(`${back()}${wrapLines}${showCursor}`);
      process.off("exit", restore);
      Object.assign(state, { drawn: 0, begun: false, lines: [] });
    },
  };
}
