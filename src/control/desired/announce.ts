import { formatProblem } from "../../compose/values/problem.js";
import type { Log } from "../ports/log.js";
import type { SourceSnapshot } from "../ports/source.js";
import type { Telemetry } from "../ports/telemetry.js";

/** Says what has become of the files since the snapshot before, in the log and the metrics. */
export function announce(snapshot: SourceSnapshot, before: SourceSnapshot, telemetry: Telemetry, log: Log): void {
  for (const file of before.files.keys()) if (!snapshot.files.has(file)) telemetry.fileForgotten(file);
  for (const [file, problems] of snapshot.files) telemetry.fileProblems(file, problems.length);
  const told = new Set(before.warnings.map(formatProblem));
  for (const warning of snapshot.warnings) {
    if (!told.has(formatProblem(warning))) log.warn({ file: warning.file }, formatProblem(warning));
  }
  for (const problem of snapshot.problems) log.error({ file: problem.file }, formatProblem(problem));
  if (snapshot.problems.length > 0) {
    log.error({ problems: snapshot.problems.length }, "the services file is not in force; the last good one stays");
  } else if (before.generation > 0) log.info({ generation: snapshot.generation }, "the services file has changed");
}
