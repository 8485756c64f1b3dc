import { formatProblem } from "../../compose/values/problem.js";
import type { Problem } from "../../compose/values/problem.js";
import type { Events } from "../journal/events.js";
import type { Log } from "../ports/log.js";
import type { SourceSnapshot } from "../ports/source.js";
import type { Telemetry } from "../ports/telemetry.js";

export interface Audience {
  readonly telemetry: Telemetry;
  readonly log: Log;
  readonly events: Pick<Events, "told">;
}

/** Says what has become of the files since the snapshot before, in the log, the metrics and the events. */
export function announce(snapshot: SourceSnapshot, before: SourceSnapshot, now: number, audience: Audience): void {
  const { telemetry, log, events } = audience;
  for (const file of before.files.keys()) if (!snapshot.files.has(file)) telemetry.fileForgotten(file);
  for (const [file, problems] of snapshot.files) {
    telemetry.fileProblems(file, problems.length);
    const message = newsOf(file, problems, before.files.get(file) ?? []);
    if (message === undefined) continue;
    const project = snapshot.projects.find((one) => one.file === file)?.name;
    const reason = problems.length === 0 ? "SpecValid" : "SpecInvalid";
    events.told({ ...(project === undefined ? {} : { project }), type: "file", reason, message }, now);
  }
  const warned = new Set(before.warnings.map(formatProblem));
  for (const warning of snapshot.warnings) {
    if (!warned.has(formatProblem(warning))) log.warn({ file: warning.file }, formatProblem(warning));
  }
  for (const problem of snapshot.problems) log.error({ file: problem.file }, formatProblem(problem));
  if (snapshot.problems.length > 0) {
    log.error({ problems: snapshot.problems.length }, "the services file is not in force; the last good one stays");
  } else if (before.generation > 0) log.info({ generation: snapshot.generation }, "the services file has changed");
}

/** Undefined: it is as broken, or as well, as it was. */
function newsOf(file: string, problems: readonly Problem[], before: readonly Problem[]): string | undefined {
  const [first, ...more] = problems.map(formatProblem);
  if (first === undefined) return before.length === 0 ? undefined : `${file} has no problems any more, and is in force`;
  if ([first, ...more].join("\n") === before.map(formatProblem).join("\n")) return undefined;
  const rest = more.length === 0 ? "" : `; and ${more.length} more, as \`fairlead status\` says`;
  return `${file} is not in force: ${first}${rest}`;
}
