import type { ProjectSpec } from "../compose/model/service.js";
import type { Problem } from "../compose/values/problem.js";
import type { SourceSnapshot } from "../control/ports/source.js";
import type { Known } from "./project.js";

/** What holds now of all that is known; `barren` are the patterns that match nothing. */
export function snapshotOf(
  known: ReadonlyMap<string, Known>,
  barren: readonly string[],
  generation: number,
): SourceSnapshot {
  const projects: ProjectSpec[] = [];
  const files = new Map<string, readonly Problem[]>();
  for (const [file, { project, problems }] of known) {
    const twin = projects.find(({ name }) => name === project?.name);
    if (project !== undefined && twin === undefined) projects.push(project);
    files.set(file, twin === undefined ? problems : [...problems, sameName(file, twin)]);
  }
  for (const pattern of barren) files.set(pattern, [nothingMatches(pattern)]);
  return { generation, projects, problems: [...files.values()].flat(), files };
}

export function sameName(file: string, twin: ProjectSpec): Problem {
  const message = `the project "${twin.name}" is already declared in ${twin.file}`;
  return { file, path: "name", message, hint: "give each project a name of its own" };
}

function nothingMatches(pattern: string): Problem {
  return { file: pattern, path: "", message: "no file matches this pattern", hint: "name another with --file" };
}
