import { createInterface } from "node:readline";
import type { Conversation } from "../cli/shared/wiring.js";
import { FairleadError } from "../errors.js";
import { visible } from "../tools/printable.js";

/** Undefined where either is no terminal. One reader for all questions: what is pasted ahead answers the next one. */
export function conversation(input: NodeJS.ReadStream, output: NodeJS.WriteStream): (() => Conversation) | undefined {
  // Of a stream that is no terminal it is undefined, whatever its type says.
  if (!(input.isTTY as boolean | undefined) || !(output.isTTY as boolean | undefined)) return undefined;
  return () => {
    const reader = createInterface({ input, output });
    const lines = reader[Symbol.asyncIterator]();
    return {
      ask: async (question) => {
        reader.setPrompt(`${visible(question)} `);
        reader.prompt();
        const next = await lines.next();
        if (next.done !== true) return next.value;
        throw new FairleadError("ConfigInvalid", "no answer came; nothing was written");
      },
      close: () => {
        reader.close();
      },
    };
  };
}
