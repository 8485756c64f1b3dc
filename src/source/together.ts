import type { ProjectSpec } from "../compose/model/service.js";
import type { Problem } from "../compose/values/problem.js";
import type {
  LocalChange,
  Provenance,
  Push,
  Source,
  SourceSnapshot,
  TakenBack,
  Told,
} from "../control/ports/source.js";
import { sameName } from "./snapshot.js";

/** Several sources as one. Of two projects of the same name that of the earlier source counts. */
export function together(sources: readonly Source[]): Source {
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  const snapshots = new Map<Source, SourceSnapshot>();
  let generation = 0;

  function merged(): SourceSnapshot {
    generation += 1;
    return mergedOf([...snapshots.values()], generation);
  }

  return {
    load: async () => {
      for (const source of sources) snapshots.set(source, await source.load());
      return merged();
    },
    watch: (onChange, signal) => {
      for (const source of sources) {
        source.watch((snapshot) => {
          snapshots.set(source, snapshot);
          onChange(merged());
        }, signal);
      }
    },
    repositories: () => sources.flatMap((source) => source.repositories?.() ?? []),
    told: (push) => tell(sources, push),
    sync: (project, side, files) => {
      for (const source of sources) {
        const synced = source.sync?.(project, side, files);
        if (synced !== undefined) return synced;
      }
      return undefined;
    },
    commitsBetween: (span, signal) => {
      for (const source of sources) {
        const found = source.commitsBetween?.(span, signal);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    takeBack: async (told) => {
      for (const source of sources) await source.takeBack?.(told);
    },
    forgive: async (paths) => {
      let any = false;
      for (const source of sources) any = (await source.forgive?.(paths)) === true || any;
      return any;
    },
    kept: async () => {
      const all = await Promise.all(sources.flatMap((source) => source.kept?.() ?? []));
      return all.flat();
    },
    proved: (service, proven) => {
      for (const source of sources) source.proved?.(service, proven);
    },
    watchRecords: (onRecorded, signal) => {
      for (const source of sources) source.watchRecords?.(onRecorded, signal);
    },
    tidy: async (mounted) => {
      for (const source of sources) await source.tidy?.(mounted);
    },
  };
}

function mergedOf(all: readonly SourceSnapshot[], generation: number): SourceSnapshot {
  const projects: ProjectSpec[] = [];
  const files = new Map<string, readonly Problem[]>();
  const provenance = new Map<string, Provenance>();
  const localChanges = new Map<string, readonly LocalChange[]>();
  const takenBack = new Map<string, readonly TakenBack[]>();
  for (const snapshot of all) {
    for (const [file, problems] of snapshot.files) files.set(file, problems);
    for (const project of snapshot.projects) {
      const twin = projects.find(({ name }) => name === project.name);
      if (twin !== undefined) {
        files.set(project.file, [...(files.get(project.file) ?? []), sameName(project.file, twin)]);
        continue;
      }
      projects.push(project);
      const from = snapshot.provenance?.get(project.name);
      if (from !== undefined) provenance.set(project.name, from);
      const changes = snapshot.localChanges?.get(project.name);
      if (changes !== undefined) localChanges.set(project.name, changes);
      const back = snapshot.takenBack?.get(project.name);
      if (back !== undefined) takenBack.set(project.name, back);
    }
  }
  const warnings = all.flatMap((snapshot) => snapshot.warnings);
  const problems = [...files.values()].flat();
  return { generation, projects, problems, warnings, files, provenance, localChanges, takenBack };
}

function tell(sources: readonly Source[], push: Push): Told {
  const told = sources.flatMap((source) => source.told?.(push) ?? []);
  const looking = told.flatMap((one) => one.looking);
  if (looking.length > 0) return { looking, reason: undefined };
  return { looking, reason: told[0]?.reason ?? "no repository is followed" };
}
