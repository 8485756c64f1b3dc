import { pour } from "../tools/streams/pour.js";
import { visible } from "../tools/printable.js";

export interface Voice {
  print(text: string): void;
  /** In place of all that stands on the terminal. */
  redraw(text: string): void;
  /** No faster than it is taken. False: nobody reads there any more. */
  pour(texts: AsyncIterable<string>): Promise<boolean>;
  complain(text: string): void;
}

/** Where verbs say what they have to say: whoever wrote it, it steers no terminal. */
export function voice(out: NodeJS.WritableStream, errors: NodeJS.WritableStream): Voice {
  for (const stream of [out, errors]) stream.on("error", passBrokenPipe);
  return {
    print: (text) => {
      out.write(`${visible(text)}\n`);
    },
    redraw: (text) => {
      out.write(`\u001b[H\u001b[2J${visible(text)}\n`);
    },
    pour: (texts) => pour(texts, out),
    complain: (text) => {
      errors.write(`${visible(text)}\n`);
    },
  };
}

/** Nobody reads there any more, as after `| head -1`: no error, and what is said from now on is lost. */
function passBrokenPipe(error: Error): void {
  if (!("code" in error) || error.code !== "EPIPE") throw error;
}
