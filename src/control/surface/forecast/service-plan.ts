/** What would be done for one service. */
export interface ServicePlan {
  readonly project: string;
  readonly service: string;
  readonly changes: boolean;
  /** Why nobody can say what would be done: nothing runs, and what is to run cannot be found out. Absent: it can be said. */
  readonly error?: string;
  /** `declarationHash` of what was planned for. Absent: no file declares it. */
  readonly declared?: string;
  /** Deterministic, one step a line, each with its cause. */
  readonly text: string;
}
