import type { ProjectSpec } from "../compose/model/service.js";
import { quote } from "../tools/quote.js";
import { nearest } from "../tools/suggest.js";
import type { Problem, Warning } from "../compose/values/problem.js";
import type { SourceSnapshot } from "../control/ports/source.js";
import type { Known } from "./project.js";

/** What holds now of all that is known; `barren` are the patterns that match nothing, `asked` the profiles that are active. */
export function snapshotOf(
  known: ReadonlyMap<string, Known>,
  barren: readonly string[],
  generation: number,
  asked: readonly string[] = [],
): SourceSnapshot {
  const projects: ProjectSpec[] = [];
  const files = new Map<string, readonly Problem[]>();
  for (const [file, { project, problems }] of known) {
    const twin = projects.find(({ name }) => name === project?.name);
    if (project !== undefined && twin === undefined) projects.push(project);
    files.set(file, twin === undefined ? problems : [...problems, sameName(file, twin)]);
  }
  for (const pattern of barren) files.set(pattern, [nothingMatches(pattern)]);
  const warnings = [...[...known.values()].flatMap((one) => one.warnings), ...unknownProfiles(known, asked)];
  return { generation, projects, problems: [...files.values()].flat(), warnings, files };
}

/** A profile that is asked for may belong to one project of many; while one cannot be read, nobody knows. */
function unknownProfiles(known: ReadonlyMap<string, Known>, asked: readonly string[]): readonly Warning[] {
  const declared = [...known.values()].map(({ profiles }) => profiles);
  const [file] = known.keys();
  if (file === undefined || declared.includes(undefined)) return [];
  const names = new Set(declared.flatMap((profiles) => profiles ?? []));
  return asked
    .filter((name) => name !== "*" && !names.has(name))
    .map((name) => {
      const meant = nearest(name, names);
      const source = "--profile, COMPOSE_PROFILES and the settings file name profiles";
      const hint = meant === undefined ? source : `did you mean ${quote(meant)}? ${source}`;
      return { file, path: "", message: `no service has the profile ${quote(name)}`, hint };
    });
}

export function sameName(file: string, twin: ProjectSpec): Problem {
  const message = `the project "${twin.name}" is already declared in ${twin.file}`;
  return { file, path: "name", message, hint: "give each project a name of its own" };
}

function nothingMatches(pattern: string): Problem {
  return { file: pattern, path: "", message: "no file matches this pattern", hint: "name another with --file" };
}
