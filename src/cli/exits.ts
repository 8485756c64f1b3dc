import type { Command } from "commander";
import type { ExitCode } from "./shared/wiring.js";

/**
 * What each exit code of a verb means. All that the verb may answer have to be here, and 1, with which any verb ends that
 * is told something wrong; 137 is no answer: that process was killed.
 */
type Exits<Code extends ExitCode> = Readonly<Record<Code | 1, string>> & { readonly 137?: string };

/** What each code stands for with any verb; what exactly, the verb's own table says. */
export const exitMeanings: Readonly<Record<ExitCode | 137, string>> = {
  0: "it is done, shown, or as wanted",
  1: "it is not: something was wrong, refused or out of reach, or what was asked about is not so",
  2: "there are changes to be made",
  3: "it is not as wanted, and without a person it will not be",
  4: "the time is up; it may still come",
  5: "it is done and in force, but a restart of the controller forgets it",
  137: "the process was killed: a disk did not answer",
};

const exitsOf = new WeakMap<Command, Readonly<Record<number, string>>>();

/** Has a command do `act`, whose result is its exit code, and its `--help` say what the codes mean. */
export type Ends = <Code extends ExitCode>(
  command: Command,
  exits: Exits<NoInfer<Code>>,
  act: (...given: never[]) => Promise<Code>,
) => void;

/** The code of the command that is run goes into `answer`. */
export function endsIn(answer: { code: ExitCode }): Ends {
  return <Code extends ExitCode>(
    command: Command,
    exits: Exits<NoInfer<Code>>,
    act: (...given: never[]) => Promise<Code>,
  ) => {
    exitsOf.set(command, exits);
    const lines = Object.entries(exits).map(([code, meaning]) => `  ${code.padEnd(4)} ${meaning}`);
    command.addHelpText("after", `\nExit codes:\n${lines.join("\n")}`);
    command.action(async (...given: unknown[]) => {
      answer.code = await act(...(given as never[]));
    });
  };
}

/** By code, of a command of this tree. */
export function readExits(command: Command): Readonly<Record<number, string>> {
  return exitsOf.get(command) ?? {};
}
