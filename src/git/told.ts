import type { Problem } from "../compose/values/problem.js";
import type { Commit, RepositoryState } from "../control/ports/source.js";
import type { Held } from "./reading/revision.js";

/** What is wrong with the repository itself, or with its newest commit as a whole. */
export interface SourceFault {
  readonly reason: string;
  readonly problem: Problem;
}

export interface Standing {
  readonly source: string;
  readonly ref: string;
  readonly held: ReadonlyMap<string, Held>;
  readonly fault: SourceFault | undefined;
  readonly newest: Commit | undefined;
  readonly inForce: Commit | undefined;
  /** Epoch milliseconds. */
  readonly lastSuccess: number | undefined;
}

export function stateOf({ held, fault, lastSuccess, ...rest }: Standing): RepositoryState {
  const { inForce } = rest;
  const problem = fault?.problem ?? [...held.values()].flatMap(({ known }) => known.problems)[0];
  const reason =
    fault?.reason ?? (problem !== undefined ? "RevisionInvalid" : inForce === undefined ? "NotSeen" : "InForce");
  const well = inForce === undefined ? "it has not been looked at yet" : `commit ${inForce.id.slice(0, 7)} is in force`;
  return {
    ...rest,
    lastSuccessAt: lastSuccess === undefined ? undefined : new Date(lastSuccess).toISOString(),
    condition: {
      status: problem === undefined && inForce !== undefined ? "True" : "False",
      reason,
      message: problem?.message ?? well,
    },
    projects: [...held].flatMap(([file, { known, revision }]) =>
      known.project === undefined || revision === undefined ? [] : [{ project: known.project.name, file, revision }],
    ),
  };
}

/** As a problem of the repository, beside those of its files. */
export function faultProblem(
  source: string,
  { message, remedy }: { readonly message: string; readonly remedy: string | undefined },
  commit: string | undefined,
): Problem {
  const hint = [remedy, "the last good revision stays in force"].filter((part) => part !== undefined).join("; ");
  return { file: source, ...(commit === undefined ? {} : { commit }), path: "", message, hint };
}

export function inWords({ id, author, subject }: Commit): string {
  return `commit ${id.slice(0, 7)} (${author}: ${subject})`;
}
