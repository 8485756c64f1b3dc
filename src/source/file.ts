import { watchFile, unwatchFile } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Source, SourceSnapshot } from "../control/ports.js";
import { readProject } from "../spec/compose.js";
import type { Problem } from "../spec/problem.js";
import type { ProjectSpec } from "../spec/service.js";

export interface FileSourceOptions {
  /** As the user named them; each is a project of its own. */
  readonly files: readonly string[];
  /** What `${VAR}` refers to. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onWarning: (warning: Problem) => void;
  /** How often a file is looked at. Polling a stat works on bind mounts and network drives too; file events do not. */
  readonly pollMs?: number;
}

interface Known {
  readonly text: string | undefined;
  readonly project: ProjectSpec | undefined;
  readonly problems: readonly Problem[];
}

/** Services files on disk. A file that is broken, empty or gone keeps its last good version in force. */
export function fileSource(options: FileSourceOptions): Source {
  const known = new Map<string, Known>();
  let generation = 0;

  async function load(): Promise<SourceSnapshot> {
    let changed = generation === 0;
    for (const file of options.files) {
      const before = known.get(file);
      const after = await reread(file, before, options);
      if (after !== before) changed = true;
      known.set(file, after);
    }
    if (changed) generation += 1;
    return snapshotOf(known, generation);
  }

  function watch(onChange: (snapshot: SourceSnapshot) => void, signal: AbortSignal): void {
    let loading: Promise<void> = Promise.resolve();
    const onStat = () => {
      loading = loading.then(async () => {
        const before = generation;
        const snapshot = await load();
        if (snapshot.generation !== before && !signal.aborted) onChange(snapshot);
      });
    };
    for (const file of options.files) watchFile(file, { interval: options.pollMs ?? 500, persistent: false }, onStat);
    signal.addEventListener("abort", () => {
      for (const file of options.files) unwatchFile(file, onStat);
    });
  }

  return { load, watch };
}

async function reread(file: string, before: Known | undefined, options: FileSourceOptions): Promise<Known> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (thrown) {
    const problem = unreadable(file, thrown);
    if (before?.text === undefined && before?.problems[0]?.message === problem.message) return before;
    return { text: undefined, project: before?.project, problems: [problem] };
  }
  if (before?.text === text) return before;
  const result = readProject({ file, text, directory: dirname(resolve(file)), environment: options.environment });
  for (const warning of result.warnings) options.onWarning(warning);
  if (result.ok) return { text, project: result.project, problems: [] };
  return { text, project: before?.project, problems: result.problems };
}

function unreadable(file: string, thrown: unknown): Problem {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown error";
  if (code === "ENOENT") return { file, path: "", message: "there is no such file", hint: "name another with --file" };
  return { file, path: "", message: `the file cannot be read (${code})` };
}

function snapshotOf(known: ReadonlyMap<string, Known>, generation: number): SourceSnapshot {
  const projects: ProjectSpec[] = [];
  const problems: Problem[] = [];
  const files = new Map<string, number>();
  for (const [file, entry] of known) {
    const twin = projects.find((project) => project.name === entry.project?.name);
    const clash = twin === undefined ? [] : [sameName(file, twin)];
    if (entry.project !== undefined && twin === undefined) projects.push(entry.project);
    problems.push(...entry.problems, ...clash);
    files.set(file, entry.problems.length + clash.length);
  }
  return { generation, projects, problems, files };
}

function sameName(file: string, twin: ProjectSpec): Problem {
  const hint = "give each file a name of its own";
  return { file, path: "name", message: `the project "${twin.name}" is already declared in ${twin.file}`, hint };
}
