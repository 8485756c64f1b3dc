import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Problem } from "../compose/values/problem.js";
import type { Source, SourceSnapshot } from "../control/ports/source.js";
import { reread, type Known, type ReadOptions } from "./project.js";
import { isPattern, selectFiles, type Selection } from "./selection.js";
import { snapshotOf } from "./snapshot.js";

export interface FileSourceOptions extends ReadOptions {
  /** As the user named them: plain names make one project together, a pattern makes one of each file that matches. */
  readonly files: readonly string[];
  /** How often the files are looked at. Polling a stat works on bind mounts and network drives too; file events do not. */
  readonly pollMs?: number;
}

/** Searching directories may take long: so many times its duration passes before the next. */
const searchRest = 20;
const searchEveryPolls = 4;

/** Services files on disk. A project whose files are broken, empty or gone keeps its last good version in force. */
export function fileSource(options: FileSourceOptions): Source {
  const { files, pollMs = 500 } = options;
  let known: ReadonlyMap<string, Known> = new Map();
  let selection: Selection = { projects: [], barren: [] };
  let generation = 0;

  async function load(): Promise<SourceSnapshot> {
    const selected = await selectFiles(files);
    const after = new Map<string, Known>();
    for (const project of selected.projects) {
      const [file] = project.files;
      after.set(file, await reread(project, known.get(file), options));
    }
    for (const [file, entry] of vanished(known, after)) after.set(file, entry);
    const same = equal([...known.values()], [...after.values()]) && equal(selection.barren, selected.barren);
    if (generation === 0 || !same) generation += 1;
    known = after;
    selection = selected;
    return snapshotOf(known, selection.barren, generation, options.profiles);
  }

  async function watch(onChange: (snapshot: SourceSnapshot) => void, signal: AbortSignal): Promise<void> {
    const search = searcher(files, pollMs);
    const elapsed = () => sleep(pollMs, true, { signal, ref: false }).catch(() => false);
    while (await elapsed()) {
      const current = await Promise.all([...known.values()].map(({ texts }) => texts.areCurrent()));
      const found = await search();
      if (!current.includes(false) && (found === undefined || isSame(found, selection))) continue;
      const before = generation;
      const snapshot = await load();
      if (generation !== before && !signal.aborted) onChange(snapshot);
    }
  }

  return {
    load,
    watch: (onChange, signal) => void watch(onChange, signal),
  };
}

/** Absent desired state deletes nothing: what a pattern no longer finds stays, unless another file has taken the project over. */
function vanished(before: ReadonlyMap<string, Known>, now: ReadonlyMap<string, Known>): readonly [string, Known][] {
  const declared = new Set([...now.values()].map(({ project }) => project?.name));
  return [...before]
    .filter(([file, { project }]) => !now.has(file) && project !== undefined && !declared.has(project.name))
    .map(([file, entry]) => [
      file,
      entry.gone ? entry : { ...entry, gone: true, warnings: [], problems: [goneProblem(file)] },
    ]);
}

function goneProblem(file: string): Problem {
  const hint = "put it back; a restart forgets the project and leaves its containers alone";
  return { file, path: "", message: "the file is gone; the last good version of its project stays in force", hint };
}

/** Looks for files, now and then; undefined: not this time. */
function searcher(files: readonly string[], pollMs: number): () => Promise<Selection | undefined> {
  if (!files.some(isPattern)) return () => Promise.resolve(undefined);
  let next = 0;
  return async () => {
    const begin = performance.now();
    if (begin < next) return undefined;
    const found = await selectFiles(files);
    const end = performance.now();
    next = end + Math.max(searchEveryPolls * pollMs, searchRest * (end - begin));
    return found;
  };
}

function isSame(one: Selection, other: Selection): boolean {
  const names = ({ projects, barren }: Selection) => [...projects.map(({ files }) => files.join("\0")), "", ...barren];
  return equal(names(one), names(other));
}

function equal(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}
