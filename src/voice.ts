import { pour } from "./tools/pour.js";
import { visible } from "./tools/printable.js";

export interface Voice {
  print(text: string): void;
  /** No faster than it is taken. False: nobody reads there any more. */
  pour(texts: AsyncIterable<string>): Promise<boolean>;
  complain(text: string): void;
}

/** Where verbs say what they have to say: whoever wrote it, it steers no terminal. */
export function voice(out: NodeJS.WritableStream, errors: NodeJS.WritableStream): Voice {
  return {
    print: (text) => {
      out.write(`${visible(text)}\n`);
    },
    pour: (texts) => pour(texts, out),
    complain: (text) => {
      errors.write(`${visible(text)}\n`);
    },
  };
}
