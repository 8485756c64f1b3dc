import { z } from "zod";
import { isSealed, sealText } from "../../control/journal/line.js";
import type { Notice } from "../model/notice.js";
import type { KnownProblem } from "../notices/problems.js";

const isObject = (value: unknown) => typeof value === "object" && value !== null;
const notice = z.custom<Notice>((value) => z.object({ id: z.string(), kind: z.string() }).safeParse(value).success);
const problem = z.tuple([z.string(), z.custom<KnownProblem>(isObject).nullable()]);

const lineSchema = z.discriminatedUnion("type", [
  /** Replaces all that stands before it. */
  z.object({
    type: z.literal("begun"),
    channels: z.array(z.string()),
    /** Ids of notices, oldest first. */
    seen: z.array(z.string()),
    problems: z.array(problem),
  }),
  /** `at`: when it was noted, epoch ms. `problem`: what is known of its problem from now on. */
  z.object({
    type: z.literal("noted"),
    at: z.number(),
    notice,
    for: z.array(z.string()),
    problem: problem.optional(),
  }),
  /** As it is noted for nobody. */
  z.object({ type: z.literal("seen"), id: z.string(), problem: problem.optional() }),
  z.object({ type: z.literal("problem"), problem }),
  /** It is not to be told to this one any more: it was, or it was given up. */
  z.object({ type: z.literal("done"), id: z.string(), channel: z.string() }),
]);

/** What a line of the outbox says. */
export type Line = z.infer<typeof lineSchema>;

export function lineText(line: Line): string {
  return sealText(JSON.stringify(line));
}

/** Undefined: damaged. */
export function parseLine(text: string): Line | undefined {
  if (!isSealed(text)) return undefined;
  try {
    return lineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
