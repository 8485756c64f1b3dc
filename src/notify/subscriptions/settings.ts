import { z } from "zod";
import { durationForm } from "../../tools/duration-form.js";
import { senders } from "../senders/table.js";
import { filterFields } from "./filter.js";

const common = {
  ...filterFields,
  template: z
    .string()
    .min(1)
    .max(16_000)
    .optional()
    .describe(
      "what is said, in Mustache, in place of the sender's own layout (see [templates](notifications.md#templates))",
    ),
  timeout: durationForm().optional().describe("how long one try may take, such as `10s` (10s)"),
};

/** The keys of every subscription; a sender's own come to them. */
export type WrittenSubscription = z.output<z.ZodObject<typeof common>> & { readonly type: string };

const [first, ...others] = senders.map(({ type, fields }) =>
  z.strictObject({ type: z.literal(type).describe(`\`${type}\``), ...common, ...fields }),
);
if (first === undefined) throw new Error("there is no sender");

export type WrittenSubscriptions = Readonly<Record<string, WrittenSubscription>>;

/** The `notify:` key of the settings file. The descriptions are the documentation's. */
export const notifySchema = z.record(
  z
    .string()
    .regex(
      /^[a-zA-Z0-9][\w.-]{0,63}$/,
      "a name should be of letters, digits, `.`, `_` and `-`, the first a letter or digit",
    ),
  z.discriminatedUnion("type", [first, ...others]),
) as unknown as z.ZodType<WrittenSubscriptions>;
