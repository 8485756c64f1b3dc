import pc from "picocolors";
import { excerpt } from "../../compose/document/excerpt.js";
import { formatProblem } from "../../compose/values/problem.js";
import type { Problem } from "../../compose/values/problem.js";
import type { Wiring } from "./wiring.js";

/** Says what is wrong with the files, one line each; on a terminal also the place, with a caret under it. */
export function showProblems(wiring: Wiring, problems: readonly Problem[]): void {
  for (const problem of problems) {
    wiring.complain(
      wiring.errorTerminal ? [formatProblem(problem), ...placeOf(wiring, problem)].join("\n") : formatProblem(problem),
    );
  }
}

function placeOf(wiring: Wiring, problem: Problem): readonly string[] {
  const text = wiring.readText(problem.file);
  const place = text === undefined ? undefined : excerpt(text, problem);
  if (place === undefined) return [];
  const gutter = `  ${problem.line ?? ""} | `;
  return [pc.dim(gutter) + place.line, " ".repeat(gutter.length + place.column - 1) + pc.red("^")];
}
