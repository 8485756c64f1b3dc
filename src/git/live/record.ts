import { readFile } from "node:fs/promises";
import { z } from "zod";
import { replaceFile } from "../../tools/files/replace-file.js";

const print = z.string().regex(/^(?:absent|(?:file|exec|link):[0-9a-f]{40,64})$/);

const record = z.object({
  version: z.literal(1),
  /** By path: what git may have left there. */
  left: z.record(z.string(), z.array(print)),
  /** What is under way: by its name in the workshop. */
  underWay: z.record(z.string(), z.object({ path: z.string(), over: z.array(print), to: print })),
  /** The paths that a person has given up: what a container has left there is kept elsewhere when it is replaced. */
  yielded: z.array(z.string()),
});

/** What git has left, and what was being done to it. It stands beside the files, and outlives the process. */
export type Record = z.infer<typeof record>;

export const nothingLeft: Record = { version: 1, left: {}, underWay: {}, yielded: [] };

/** Undefined: what is there cannot be read. Then nothing counts as git's but what equals it. */
export async function readRecord(file: string): Promise<Record | undefined> {
  try {
    return record.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT" ? nothingLeft : undefined;
  }
}

export async function writeRecord(file: string, next: Record): Promise<void> {
  await replaceFile(file, `${JSON.stringify(next)}\n`);
}
