import { printable } from "../../tools/printable.js";

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

/** `file:line:column: path: message (hint)`: the form editors and terminals can follow; `1a2b3c4:file` is git's own. */
export function formatProblem(problem: Problem): string {
  const commit = problem.commit?.slice(0, 7);
  const place = [commit, problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(":");
  const path = problem.path === "" ? "" : `${problem.path}: `;
  const hint = problem.hint === undefined ? "" : ` (${problem.hint})`;
  return printable(`${place}: ${path}${problem.message}${hint}`);
}
