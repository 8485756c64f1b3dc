import { FairleadError } from "../../errors.js";
import { ask } from "../shared/admin.js";
import type { Admin } from "../shared/admin.js";
import type { Wiring } from "../shared/wiring.js";

export interface SyncOptions {
  readonly ours?: boolean;
  readonly theirs?: boolean;
}

/** Decides about files that a container and a commit have both changed. Exit 1: about one that is named nothing was decided. */
export async function sync(
  wiring: Wiring,
  admin: Admin,
  [project, files]: readonly [project: string, files: readonly string[]],
  { ours = false, theirs = false }: SyncOptions,
): Promise<0 | 1> {
  if (ours === theirs) {
    throw new FairleadError("ConfigInvalid", "say --ours or --theirs", {
      remedy: "--ours keeps what the container has left, --theirs takes what git has",
    });
  }
  const query = { side: ours ? "ours" : "theirs", file: files } as const;
  const synced = await ask(admin, "post", "/api/v1/projects/{project}/sync", { path: { project }, query });
  const done = ours ? "stays as the container has left it" : "is as git has it";
  for (const file of synced.files) wiring.print(`sync: ${file} ${done}`);
  for (const { file, path: kept } of synced.kept)
    wiring.print(`sync: what the container had in ${file} is kept in ${kept}`);
  for (const file of synced.left) {
    wiring.complain(
      `fairlead: ${file}: nothing is decided; it is no file of git that ${project} writes to, or something else is in its way`,
    );
  }
  if (synced.files.length === 0 && synced.left.length === 0)
    wiring.print(`sync: nothing of ${project} waits for a decision`);
  return synced.left.length === 0 ? 0 : 1;
}
