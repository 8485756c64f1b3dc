import { posix } from "node:path";
import { z } from "zod";
import { durationWithin } from "../compose/values/duration.js";
import { quote } from "../tools/quote.js";
import { asFairleadError, FairleadError } from "../errors.js";
import { durationForm } from "../tools/duration-form.js";
import type { Environment } from "../process/environment.js";
import type { SecretCommand } from "./commands.js";

const command = z.strictObject({
  command: z
    .array(z.string().min(1))
    .min(1)
    .readonly()
    .describe("the program by its whole path, and what it is told before the argument of the services file"),
  timeout: durationForm().optional().describe("after which it is ended (`10s`)"),
  refresh: durationForm().optional().describe("how often it is asked again (once)"),
  environment: z
    .array(z.string().regex(/^\w+$/, "it should be the name of a variable"))
    .readonly()
    .optional()
    .describe("variables of Fairlead's own that it is given, such as `VAULT_TOKEN`"),
});

const commands = z.record(
  z
    .string()
    .regex(
      /^[a-zA-Z0-9][\w.-]*$/,
      "a name should be of letters, digits, `.`, `_` and `-`, the first a letter or digit",
    ),
  command,
);

export type WrittenCommands = z.infer<typeof commands>;

/** The `secretCommands:` key of the settings file. The descriptions are the documentation's. */
export const secretCommandsSchema: z.ZodType<WrittenCommands> = commands;

const usualTimeoutMs = 10_000;
const leastMs = 1_000;
/** Nobody waits longer for a program. */
const longestTimeoutMs = 3_600_000;
/** Timers of Node's end at 24 days. */
const longestRefreshMs = 7 * 24 * 3_600_000;

/** `usual`: what any program is given of our variables. Throws FairleadError ConfigInvalid. */
export function secretCommandsOf(
  written: WrittenCommands,
  place: (key: string) => string,
  environment: Environment,
  usual: Environment,
): ReadonlyMap<string, SecretCommand> {
  return new Map(
    Object.entries(written).map(([name, { command: parts, timeout, refresh, environment: names = [] }]) => {
      const [program = ""] = parts;
      if (!posix.isAbsolute(program)) {
        throw new FairleadError("ConfigInvalid", `${place(`${name}.command`)}: ${quote(program)} is no whole path`, {
          remedy: "write where the program is, such as /usr/local/bin/op",
        });
      }
      const given = Object.fromEntries(names.map((one) => [one, environment[one]]));
      const unset = names.filter((one) => environment[one] === undefined);
      const timeoutMs = msOf(timeout, longestTimeoutMs, () => place(`${name}.timeout`)) ?? usualTimeoutMs;
      const refreshMs = msOf(refresh, longestRefreshMs, () => place(`${name}.refresh`));
      return [
        name,
        {
          command: parts,
          timeoutMs,
          refreshMs,
          environment: { ...usual, ...given },
          place: place(`${name}.command`),
          unset,
        },
      ];
    }),
  );
}

function msOf(written: string | undefined, longestMs: number, place: () => string): number | undefined {
  try {
    return written === undefined ? undefined : durationWithin(written, leastMs, longestMs);
  } catch (thrown) {
    const { message, remedy } = asFairleadError(thrown);
    const more = remedy === undefined ? {} : { remedy };
    throw new FairleadError("ConfigInvalid", `${place()}: ${message}`, { ...more, cause: thrown });
  }
}
