import pc from "picocolors";
import { excerpt } from "../../compose/document/yaml/excerpt.js";
import { formatProblem, formatWarning } from "../../compose/values/problem.js";
import type { Problem, Warning } from "../../compose/values/problem.js";
import type { Wiring } from "./wiring.js";

/** Says what is wrong with the files, one line each; on a terminal also the place, with a caret under it. */
export function showProblems(wiring: Wiring, problems: readonly Problem[]): void {
  for (const problem of problems) show(wiring, problem, formatProblem(problem));
}

/** The same of what is taken all the same. */
export function showWarnings(wiring: Wiring, warnings: readonly Warning[]): void {
  for (const warning of warnings.map(inFull)) show(wiring, warning, formatWarning(warning));
}

/** With what no log has: whoever asks for the warnings can read the file itself. */
export function inFull({ withheld, ...warning }: Warning): Problem {
  return withheld === undefined ? warning : { ...warning, message: `${warning.message}: ${withheld.reveal()}` };
}

function show(wiring: Wiring, problem: Problem, text: string): void {
  wiring.complain(wiring.errorTerminal ? [text, ...placeOf(wiring, problem)].join("\n") : text);
}

function placeOf(wiring: Wiring, problem: Problem): readonly string[] {
  const text = wiring.readText(problem.file);
  const place = text === undefined ? undefined : excerpt(text, problem);
  if (place === undefined) return [];
  const gutter = `  ${problem.line ?? ""} | `;
  return [pc.dim(gutter) + place.line, " ".repeat(gutter.length + place.column - 1) + pc.red("^")];
}

/** True where there is something to refuse; it has been said then. */
export function refuseProblems(wiring: Wiring, problems: readonly Problem[]): boolean {
  showProblems(wiring, problems);
  if (problems.length > 0) wiring.complain(`${counted(problems.length, "problem")}; nothing was changed`);
  return problems.length > 0;
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
