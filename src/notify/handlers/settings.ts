import { posix } from "node:path";
import { z } from "zod";
import { durationWithin } from "../../compose/values/duration.js";
import { durationForm } from "../../tools/duration-form.js";
import { placed, wrongAt } from "../../tools/placed.js";
import { quote } from "../../tools/quote.js";
import { choiceFields, choiceOf, type WrittenChoice } from "../words/choice.js";

const handler = z.strictObject({
  command: z
    .array(z.string().min(1))
    .min(1)
    .readonly()
    .describe("the program by its whole path, and its arguments; no shell reads them"),
  timeout: durationForm().optional().describe("after which it is ended (`60s`)"),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_]\w*$/, "it should be the name of a variable"),
      z.string().regex(/^[^\0]*$/, "it has a NUL in it"),
    )
    .readonly()
    .optional()
    .describe("further variables that it is given"),
  ...choiceFields,
});

const handlers = z.record(
  z
    .string()
    .regex(
      /^[a-zA-Z0-9][\w.-]{0,63}$/,
      "a name should be of letters, digits, `.`, `_` and `-`, the first a letter or digit",
    ),
  handler,
);

export type WrittenHandlers = z.infer<typeof handlers>;

/** The `handlers:` key of the settings file. The descriptions are the documentation's. */
export const handlersSchema: z.ZodType<WrittenHandlers> = handlers;

/** A program that is run on events. */
export interface HandlerSettings {
  readonly name: string;
  readonly command: readonly string[];
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string>>;
  /** On which events. */
  readonly choice: WrittenChoice;
  /** Where the settings name its program. */
  readonly place: string;
}

const usualTimeoutMs = 60_000;
const leastMs = 1_000;
/** Whatever works for longer is a job of its own, and begun by a handler. */
const longestMs = 3_600_000;

/** `receivers`: the names that `hook:` may have. Throws FairleadError `ConfigInvalid`. */
export function handlerSettingsOf(
  written: WrittenHandlers,
  place: (key: string) => string,
  receivers: readonly string[],
): readonly HandlerSettings[] {
  return Object.entries(written).map(([name, one]) => {
    const at = (key: string) => place(`${name}.${key}`);
    const { command, timeout, env = {} } = one;
    const [program = ""] = command;
    if (!posix.isAbsolute(program)) {
      throw wrongAt(
        at("command.0"),
        `${quote(program)} is no whole path`,
        "write where the program is, such as /srv/reload.sh",
      );
    }
    const nul = command.findIndex((word) => word.includes("\0"));
    if (nul >= 0)
      throw wrongAt(at(`command.${nul}`), "it has a NUL in it", "no program can be told that: leave it out");
    const own = Object.keys(env).find((variable) => variable.startsWith("FAIRLEAD_"));
    if (own !== undefined) {
      throw wrongAt(at(`env.${own}`), "variables of that beginning tell the event", "give it another name");
    }
    const timeoutMs =
      timeout === undefined
        ? usualTimeoutMs
        : placed(
            () => at("timeout"),
            () => durationWithin(timeout, leastMs, longestMs),
          );
    choiceOf(one, at, receivers);
    return { name, command, timeoutMs, env, choice: one, place: at("command") };
  });
}
