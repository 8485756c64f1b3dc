import { CommanderError } from "commander";
import { asFairleadError } from "../errors.js";
import { commandTree } from "./commands.js";
import type { ExitCode, Wiring } from "./shared/wiring.js";

/** Parses the command line and runs one verb; the answer is the exit code. */
export async function program(wiring: Wiring, argv: readonly string[]): Promise<ExitCode> {
  const answer = { code: 0 as ExitCode };
  try {
    await commandTree(wiring, answer).parseAsync(argv);
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 1;
    const error = asFairleadError(thrown);
    wiring.complain(`fairlead: ${error.message}${error.remedy === undefined ? "" : `\n  ${error.remedy}`}`);
    return 1;
  }
  return answer.code;
}
