/*
 * What a shell is to offer at the cursor lives here, and the scripts that ask for it.
 */

import type { Command, Option } from "commander";

/** Names of services and projects, where a controller answers in time; else none. */
export type Names = () => Promise<{ readonly services: readonly string[]; readonly projects: readonly string[] }>;

/** What may stand in the place of the last of `typed`, which has been begun or is empty. After `fairlead`. */
export async function candidatesFor(root: Command, typed: readonly string[], names: Names): Promise<readonly string[]> {
  const [first = "", ...rest] = typed;
  const begun = typed.at(-1) ?? "";
  if (rest.length === 0) return fitting([...verbsOf(root), "help"], begun);
  if (first === "help") return fitting(verbsOf(root), begun);
  const verb = root.commands.find((command) => command.name() === first);
  if (verb === undefined) return [];
  const before = typed.at(-2) ?? "";
  const option = verb.options.find((one) => one.long === before || one.short === before);
  if (option !== undefined && takesValue(option)) return fitting(choicesOf(option), begun);
  if (begun.startsWith("-"))
    return fitting(
      verb.options.flatMap(({ long }) => long ?? []),
      begun,
    );
  return fitting(await argumentsOf(verb, rest.slice(0, -1), names), begun);
}

function verbsOf(root: Command): readonly string[] {
  return root.commands.map((command) => command.name()).filter((name) => !name.startsWith("_"));
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function choicesOf({ argChoices, description }: Option): readonly string[] {
  if (argChoices !== undefined) return argChoices;
  // `yaml or json`, `debug, info, warn or error`.
  const [, list] = /^((?:[\w-]+, )*[\w-]+ or [\w-]+)(?: |$|\()/.exec(description) ?? [];
  return list === undefined ? [] : list.split(/, | or /);
}

async function argumentsOf(verb: Command, typed: readonly string[], names: Names): Promise<readonly string[]> {
  const given = typed.filter((word, index) => !word.startsWith("-") && !isValue(verb, typed[index - 1]));
  const wanted = verb.registeredArguments;
  const argument = wanted[Math.min(given.length, wanted.length - 1)];
  if (argument === undefined || (given.length >= wanted.length && !argument.variadic)) return [];
  if (argument.argChoices !== undefined) return argument.argChoices;
  const known = await names();
  switch (argument.name()) {
    case "service":
      return known.services.filter((name) => !given.includes(name));
    case "project":
      return known.projects;
    case "name":
      return [...known.services, ...known.projects];
    default:
      return [];
  }
}

function isValue(verb: Command, before: string | undefined): boolean {
  const option = verb.options.find(({ long, short }) => before !== undefined && (long === before || short === before));
  return option !== undefined && takesValue(option);
}

function fitting(words: readonly string[], begun: string): readonly string[] {
  return words.filter((word) => word.startsWith(begun));
}
