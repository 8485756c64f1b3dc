import type { ResolvedProject } from "../compose/resolved/writer.js";
import type { Problem, Warning } from "../compose/values/problem.js";
import { readResolved, type Known, type ReadOptions } from "./project.js";
import { selectFiles } from "./selection.js";
import { snapshotOf } from "./snapshot.js";

/** Projects as one Compose file each, and what is wrong with the others. */
export interface ResolvedFiles {
  readonly projects: readonly ResolvedProject[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** What a source of these files would load, before anything is made of it. */
export async function resolveFiles(files: readonly string[], options: ReadOptions): Promise<ResolvedFiles> {
  const selection = await selectFiles(files);
  const known = new Map<string, Known>();
  const projects: ResolvedProject[] = [];
  for (const selected of selection.projects) {
    const found = await readResolved(selected, options);
    known.set(selected.files[0], found.known);
    if (found.resolved !== undefined) projects.push(found.resolved);
  }
  const { problems, warnings } = snapshotOf(known, selection.barren, 1, options.profiles);
  return { projects, problems, warnings };
}
