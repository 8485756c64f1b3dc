import { CommanderError } from "commander";
import type { Command } from "commander";
import { quote } from "../tools/quote.js";
import { shellWord } from "../tools/shell.js";
import { nearest } from "../tools/suggest.js";
import { asFairleadError, FairleadError } from "../errors.js";
import { refuseHabit, translated } from "./habits.js";
import { commandTree } from "./commands.js";
import type { ExitCode, Wiring } from "./shared/wiring.js";

/** Parses the command line and runs one verb; the answer is the exit code. */
export async function program(wiring: Wiring, argv: readonly string[]): Promise<ExitCode> {
  const answer = { code: 0 as ExitCode };
  const [, , first, second] = argv;
  try {
    const words = argv.slice(2);
    const meant = translated(words);
    const tree = commandTree(wiring, answer, verbIn(meant ?? words));
    if (first === "help" && second !== undefined) refuseUnknown(tree, second);
    if (meant === undefined) refuseHabit(words);
    else wiring.complain(`fairlead: here it is: fairlead ${meant.map(shellWord).join(" ")}`);
    await tree.parseAsync([...argv.slice(0, 2), ...(meant ?? words)]);
  } catch (thrown) {
    // Commander takes the help that it was asked for by that word for as well or ill as the process has been so far.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 || first === "help" ? 0 : 1;
    const error = asFairleadError(thrown);
    wiring.complain(`fairlead: ${error.message}${error.remedy === undefined ? "" : `\n  ${error.remedy}`}`);
    return 1;
  }
  return answer.code;
}

/** The one verb whose flags are wanted. Undefined: all of them are, as for the help. */
function verbIn([first]: readonly string[]): string | undefined {
  const isOther = first === undefined || first === "help" || first === "__complete";
  return isOther || (first.startsWith("-") && first !== "--version") ? undefined : first;
}

function refuseUnknown(tree: Command, name: string): void {
  const known = ["help", ...tree.commands.map((command) => command.name())];
  if (known.includes(name) || name.startsWith("-")) return;
  const meant = nearest(name, known);
  throw new FairleadError("ConfigInvalid", `no verb is called ${quote(name)}`, {
    remedy: meant === undefined ? "`fairlead help` lists all verbs" : `did you mean ${meant}?`,
  });
}
