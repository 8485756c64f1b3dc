import type { Problem } from "../compose/values/problem.js";
import type { LocalChange, Provenance, SourceSnapshot, TakenBack } from "../control/ports/source.js";
import type { Known } from "../source/project.js";
import { snapshotOf } from "../source/snapshot.js";
import type { Followed } from "./followed.js";

/** What holds now of all repositories together. */
export function snapshotOfAll(
  all: readonly Followed[],
  generation: number,
  profiles: readonly string[] | undefined,
): SourceSnapshot {
  const known = new Map<string, Known>();
  const provenance = new Map<string, Provenance>();
  const localChanges = new Map<string, readonly LocalChange[]>();
  const takenBack = new Map<string, readonly TakenBack[]>();
  const faults: Problem[] = [];
  const barren: string[] = [];
  for (const one of all) {
    const { source } = one.settings;
    if (one.fault !== undefined) faults.push(one.fault.problem);
    for (const [file, held] of one.held) {
      known.set(one.nameOf(file), held.known);
      const { project } = held.known;
      if (project !== undefined && held.changed !== undefined && !provenance.has(project.name)) {
        provenance.set(project.name, { source, commit: held.changed });
        localChanges.set(project.name, one.working.localChanges(held));
        takenBack.set(project.name, one.working.takenBack(held));
      }
    }
    barren.push(...one.barren.map((pattern) => one.nameOf(pattern)));
  }
  const snapshot = snapshotOf(known, barren, generation, profiles);
  const files = new Map([...snapshot.files, ...faults.map((fault) => [fault.file, [fault]] as const)]);
  return { ...snapshot, files, problems: [...files.values()].flat(), provenance, localChanges, takenBack };
}
