import { printable } from "../../tools/printable.js";

/** One thing wrong in a services file. All problems of a file are reported together. */
export interface Problem {
  readonly file: string;
  /** 1-based; both are absent only when the file could not be read at all. */
  readonly line?: number;
  readonly column?: number;
  /** The key's path in the document, such as `services.web.ports[0]`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
}

/** A problem as programs are told of it. */
export interface ProblemReport extends Omit<Problem, "hint"> {
  /** What to write instead. */
  readonly remedy?: string;
}

export function reportOf({ hint, ...problem }: Problem): ProblemReport {
  return { ...problem, ...(hint === undefined ? {} : { remedy: hint }) };
}

/** `file:line:column: path: message (hint)`: the form editors and terminals can follow. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(":");
  const path = problem.path === "" ? "" : `${problem.path}: `;
  const hint = problem.hint === undefined ? "" : ` (${problem.hint})`;
  return printable(`${place}: ${path}${problem.message}${hint}`);
}
