import { CommanderError } from "commander";
import type { Command } from "commander";
import { quote } from "../compose/values/quote.js";
import { nearest } from "../compose/values/suggest.js";
import { asFairleadError, FairleadError } from "../errors.js";
import { commandTree } from "./commands.js";
import type { ExitCode, Wiring } from "./shared/wiring.js";

/** Parses the command line and runs one verb; the answer is the exit code. */
export async function program(wiring: Wiring, argv: readonly string[]): Promise<ExitCode> {
  const answer = { code: 0 as ExitCode };
  const [, , first, second] = argv;
  try {
    const tree = commandTree(wiring, answer);
    if (first === "help" && second !== undefined) refuseUnknown(tree, second);
    await tree.parseAsync(argv);
  } catch (thrown) {
    // Commander takes the help that it was asked for by that word for as well or ill as the process has been so far.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 || first === "help" ? 0 : 1;
    const error = asFairleadError(thrown);
    wiring.complain(`fairlead: ${error.message}${error.remedy === undefined ? "" : `\n  ${error.remedy}`}`);
    return 1;
  }
  return answer.code;
}

function refuseUnknown(tree: Command, name: string): void {
  const known = ["help", ...tree.commands.map((command) => command.name())];
  if (known.includes(name) || name.startsWith("-")) return;
  const meant = nearest(name, known);
  throw new FairleadError("ConfigInvalid", `no verb is called ${quote(name)}`, {
    remedy: meant === undefined ? "`fairlead help` lists all verbs" : `did you mean ${meant}?`,
  });
}
