import { printable } from "../../tools/printable.js";
import type { Secret } from "../../tools/secret.js";

/** One thing wrong in a services file. All problems of a file are reported together. */
export interface Problem {
  readonly file: string;
  /** The commit of the repository that the file is read from, and that is its place. */
  readonly commit?: string;
  /** 1-based; both are absent only when the file could not be read at all. */
  readonly line?: number;
  readonly column?: number;
  /** The key's path in the document, such as `services.web.ports[0]`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
}

/** What is taken all the same, and may not be meant. */
export interface Warning extends Problem {
  /** Names that may be a part of a secret: for whoever asks for the warnings, and for no log. */
  readonly withheld?: Secret;
}

/** A problem as programs are told of it. */
export interface ProblemReport extends Omit<Problem, "hint"> {
  /** What to write instead. */
  readonly remedy?: string;
}

export function reportOf({ hint, ...problem }: Problem): ProblemReport {
  return { ...problem, ...(hint === undefined ? {} : { remedy: hint }) };
}

/** `file:line:column: path: message (hint)`: the form editors and terminals can follow; `1a2b3c4:file` is git's own. */
export function formatProblem(problem: Problem): string {
  return format(problem, "");
}

/** The same, and it says that it is no error. Without what is withheld. */
export function formatWarning(warning: Warning): string {
  return format(warning, "warning: ");
}

function format(problem: Problem, label: string): string {
  const commit = problem.commit?.slice(0, 7);
  const place = [commit, problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(":");
  const path = problem.path === "" ? "" : `${problem.path}: `;
  const hint = problem.hint === undefined ? "" : ` (${problem.hint})`;
  return printable(`${place}: ${label}${path}${problem.message}${hint}`);
}
