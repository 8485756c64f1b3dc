/*
 * What outlives the process lives here: what is in force, and the files that containers mount.
 */

import { readFile } from "node:fs/promises";
import { z } from "zod";
import { replaceFile } from "../../tools/files/replace-file.js";

const id = z.string().regex(/^[0-9a-f]{40,64}$/);
const commit = z.object({ id, author: z.string(), at: z.string(), subject: z.string() });

const state = z.object({
  version: z.literal(1),
  /** The folder of the objects that the rest is read from. */
  store: z.string().regex(/^store-\d{1,9}$/),
  newest: commit,
  /** The last one that something was taken from. */
  inForce: commit.optional(),
  /** By their own files: the revision in force of each project, and the commit that changed it last. */
  projects: z.record(z.string(), z.object({ revision: id, changed: commit })),
});

/** What is in force, by name: the objects hold what it is. */
export type State = z.infer<typeof state>;

/** Undefined: nothing was ever in force, or what is there cannot be read. */
export async function readState(file: string): Promise<State | undefined> {
  try {
    return state.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}

export async function writeState(file: string, next: State): Promise<void> {
  await replaceFile(file, `${JSON.stringify(next, undefined, 2)}\n`);
}
