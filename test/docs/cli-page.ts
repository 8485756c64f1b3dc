import type { Command } from "commander";
import { commandTree } from "../../src/cli/commands.js";
import { exitMeanings, readExits } from "../../src/cli/exits.js";
import type { Wiring } from "../../src/cli/shared/wiring.js";
import { renderTable } from "./table.js";

export const cliPage = new URL("../../docs/cli.md", import.meta.url);

/** All verbs with their arguments, flags and exit codes; none can be run. */
export function readCommands(): Command {
  return commandTree({ version: "" } as Wiring, { code: 0 });
}

/** `docs/cli.md`, from the very tree that reads the command line. */
export function renderCliPage(): string {
  const root = readCommands();
  const verbs = root.commands.filter((verb) => !verb.name().startsWith("_"));
  return `${[
    "# Command line",
    "<!-- Written by `npm run docs`. -->",
    "`fairlead --help` lists the verbs, `fairlead VERB --help` has what stands here, `fairlead --version` says which one this is. Most flags can be given by variables of the environment and in a settings file too: [configuration](configuration.md).",
    renderTable([
      ["verb", "what"],
      ...verbs.map((verb) => [`[\`${verb.name()}\`](#fairlead-${verb.name()})`, verb.description()]),
    ]),
    "**Every verb** ends with 1 where it is told something wrong (a flag, a setting, a file), with Node older than it needs, or with [too few open files](configuration.md#open-files).",
    "## Exit codes",
    "The same code means the same with every verb; what exactly, stands with the verb.",
    renderTable([
      ["exit code", "what", "verbs"],
      ...Object.entries(exitMeanings).map(([code, what]) => [`\`${code}\``, what, verbsWith(verbs, code)]),
    ]),
    ...verbs.flatMap(renderVerb),
  ].join("\n\n")}\n`;
}

/** All of them, or which. */
function verbsWith(verbs: readonly Command[], code: string): string {
  const names = verbs.filter((verb) => Object.hasOwn(readExits(verb), code)).map((verb) => `\`${verb.name()}\``);
  return names.length === verbs.length ? "every verb" : names.join(", ");
}

function renderVerb(verb: Command): readonly string[] {
  const exits = Object.entries(readExits(verb));
  return [
    `## fairlead ${verb.name()}`,
    `\`fairlead ${verb.name()} ${verb.usage()}\`: ${verb.description()}.`,
    ...table(
      "argument",
      verb.registeredArguments.map((argument) => [argument.name(), argument.description]),
    ),
    ...table(
      "flag",
      verb.options.map((option) => [option.flags, told(option)]),
    ),
    ...table("exit code", exits),
  ];
}

function told({ description, defaultValue }: Command["options"][number]): string {
  return typeof defaultValue === "string" ? `${description} (${defaultValue})` : description;
}

function table(head: string, rows: readonly (readonly [name: string, what: string])[]): readonly string[] {
  return rows.length === 0 ? [] : [renderTable([[head, "what"], ...rows.map(([name, what]) => [`\`${name}\``, what])])];
}
