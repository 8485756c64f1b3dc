import type { Argument, Command, Option } from "commander";
import { parseDuration } from "../compose/values/duration.js";
import { parseSince, parseTail } from "../compose/values/log-range.js";
import { isProjectName, projectNameHint } from "../compose/values/project-name.js";
import { quote } from "../tools/quote.js";
import { parseRevision } from "../compose/values/revision.js";
import { nearest } from "../tools/suggest.js";
import { asFairleadError, FairleadError } from "../errors.js";
import { given } from "../tools/present.js";
import { adminUrl } from "./shared/admin.js";
import { isFingerprint } from "./shared/fingerprint.js";

/** Throws FairleadError for a value that means nothing; its place is added by whoever knows it. */
type Check = (written: string) => unknown;

/** Of a person's reason for an order, in characters. */
const longestReason = 300;

/** What the values of single flags are, beside those of settings. */
export const checks = {
  duration: parseDuration,
  since: (written) => parseSince(written, Date.now()),
  tail: parseTail,
  admin: adminUrl,
  projectName: (written) => {
    if (!isProjectName(written)) throw wrong(`${quote(written)} is not a project name`, projectNameHint);
  },
  revision: (written) => {
    if (parseRevision(written) !== undefined) return;
    throw wrong(
      `${quote(written)} is neither a revision's number nor the beginning of a digest`,
      "write a number that `fairlead history` lists, or seven or more digits of a digest",
    );
  },
  reason: (written) => {
    if (written.length <= longestReason) return;
    throw wrong(`it is longer than ${longestReason} characters`, "write it shorter");
  },
  number: (written) => {
    if (/^[1-9]\d{0,8}$/.test(written)) return;
    throw wrong(`${quote(written)} is not a revision's number`, "write a number that `fairlead history` lists");
  },
  fingerprint: (written) => {
    if (isFingerprint(written)) return;
    throw wrong(`${quote(written)} is not a plan's fingerprint`, "write it as `fairlead plan` shows it");
  },
  digest: (written) => {
    if (/^(?:sha256:)?[\da-f]{1,64}$/.test(written)) return;
    throw wrong(
      `${quote(written)} is not a digest, nor the beginning of one`,
      "write it as `fairlead status` shows it",
    );
  },
} as const satisfies Readonly<Record<string, Check>>;

/** One of these words. */
export function wordOf(words: readonly string[]): Check {
  return (written) => {
    if (words.includes(written)) return;
    const meant = nearest(written, words);
    const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
    throw wrong(`${quote(written)} is none of ${words.join(", ")}${hint}`, `write ${words.join(" or ")}`);
  };
}

/** For commander: the value as it is written, if it is one. `flag`: as `--help` shows it. */
export function checked(flag: string, check: Check): (written: string) => string {
  return (written) => {
    try {
      check(written);
    } catch (thrown) {
      const { message, remedy } = asFairleadError(thrown);
      throw new FairleadError("ConfigInvalid", `${flag}: ${message}`, { ...given({ remedy }), cause: thrown });
    }
    return written;
  };
}

/** Has all commands below take `--no-color`; what colours are printed by reads it from the process's own words. */
export function takeNoColor(command: Command): void {
  command.option("--no-color", "no colours, as with NO_COLOR in the environment");
  // It is no setting, and no verb is handed it.
  command.setOptionValue("color", undefined);
  for (const below of command.commands) takeNoColor(below);
}

/** Has all commands below refuse empty values: whoever writes one has a variable that is not set. */
export function refuseEmpty(command: Command): void {
  for (const option of command.options) {
    if (option.required) {
      refuse(option, option.long ?? option.flags, `write ${option.flags.replace(/^-\w, /, "")}, or leave it out`);
    }
  }
  // What is completed may be empty as yet.
  for (const argument of command.name().startsWith("_") ? [] : command.registeredArguments) {
    refuse(argument, argument.name(), argument.required ? "write a name" : "write a name, or leave it out");
  }
  for (const below of command.commands) refuseEmpty(below);
}

type Parse = (written: string, before: unknown) => unknown;

function refuse(one: Option | Argument, name: string, remedy: string): void {
  const parse = one.parseArg as Parse | undefined;
  const isList = "variadic" in one && one.variadic;
  const usual: Parse = isList
    ? (written, before) => [...((before ?? []) as readonly unknown[]), written]
    : (written) => written;
  one.argParser<unknown>((written, before) => {
    if (written.trim() === "") throw wrong(`${name}: it is empty`, remedy);
    return (parse ?? usual)(written, before);
  });
}

/** No two of these flags go together. */
export function exclusive(command: Command, ...flags: readonly string[]): Command {
  for (const [index, flag] of flags.entries()) apart(command, flag, ...flags.slice(index + 1));
  return command;
}

/** The first flag does not go with any of the others. */
export function apart(command: Command, flag: string, ...others: readonly string[]): Command {
  const named = (name: string) => command.options.filter(({ long }) => long === name);
  for (const option of named(flag)) option.conflicts(others.flatMap(named).map((other) => other.attributeName()));
  return command;
}

function wrong(message: string, remedy: string): FairleadError {
  return new FairleadError("ConfigInvalid", message, { remedy, retry: "never" });
}
