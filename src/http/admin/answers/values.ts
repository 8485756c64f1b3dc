import { z } from "zod";

/** ISO 8601. */
export const time = z.iso.datetime();

export const texts = z.array(z.string());

export const wholeNumber = z.int().nonnegative();

export const revision = z.int().positive();

export const unchanged = z.string().optional().describe("Why it changes nothing; absent: it does");

/** The body of every answer that is not a success. */
export const refused = z.object({ error: z.string(), remedy: z.string().optional() }).meta({ id: "Error" });

/** What an order is refused with that was decided by something that is not so any more. */
export const moved = z
  .object({
    error: z.string(),
    remedy: z.string().optional(),
    changed: z.array(z.object({ what: z.string(), is: z.string().optional().describe("Absent: nothing") })),
  })
  .meta({ id: "Moved" });
