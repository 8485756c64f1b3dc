import { readFile } from "node:fs/promises";
import { z } from "zod";
import { replaceFile } from "../../tools/files/replace-file.js";

const place = z.object({
  /** Where what git has stands. */
  wanted: z.string(),
  /** What is written there, or is being written. */
  is: z.string(),
  /** What was there before. */
  before: z.string().optional(),
  /** A process has taken badly what git has. */
  refused: z.boolean(),
});

const record = z.object({ version: z.literal(1), places: z.record(z.string(), place) });

/** What one place holds; contents by where they stand. */
export type Holding = z.infer<typeof place>;

/** By the place's path. It is written before the place is, and outlives the process. */
export type Holdings = Readonly<Record<string, Holding>>;

/** What is not there, or cannot be read, is nothing: then what git has is written. */
export async function readHoldings(file: string): Promise<Holdings> {
  try {
    return record.parse(JSON.parse(await readFile(file, "utf8"))).places;
  } catch {
    return {};
  }
}

export async function writeHoldings(file: string, places: Holdings): Promise<void> {
  await replaceFile(file, `${JSON.stringify({ version: 1, places })}\n`);
}

/** What a place is to hold, now that git has `wanted` there. */
export function heldNext(now: Holding | undefined, wanted: string): Holding {
  if (now === undefined) return { wanted, is: wanted, refused: false };
  const refused = now.refused && now.wanted === wanted;
  const is = refused ? (now.before ?? wanted) : wanted;
  const before = refused || is === now.is ? now.before : now.is;
  return { wanted, is, refused, ...(before === undefined ? {} : { before }) };
}

/** After a process has taken badly what a place holds. Undefined: it is not git's newest, or nothing was there before. */
export function refusing(now: Holding): Holding | undefined {
  if (now.refused || now.is !== now.wanted || now.before === undefined || now.before === now.is) return undefined;
  return { ...now, refused: true, is: now.before };
}

/** Git's newest is tried again. */
export function forgiven(now: Holding): Holding {
  return heldNext({ ...now, refused: false }, now.wanted);
}
