import type { ServiceKey } from "../compose/model/service.js";
import type { Reason } from "./condition.js";
import type { Step } from "./step.js";

/** What to do now, and what then. Steps are carried out in order; the first that fails ends the run. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly outcome: Outcome;
  /** Slots whose active container is started again because it had ended. */
  readonly heals?: readonly number[];
  /** Services that must look too before this one can go on. */
  readonly wake?: readonly ServiceKey[];
}

export type Outcome = { readonly reason: Reason; readonly because: string } & (
  | { readonly kind: "converged" }
  /** Look again as soon as the steps are done. */
  | { readonly kind: "continue" }
  /** Look again at `until` (epoch ms), or when something happens; undefined: only when something happens. */
  | { readonly kind: "wait"; readonly until: number | undefined }
  /** An error that another try may mend: back off. */
  | { readonly kind: "failed" }
  /** Nothing helps but a change of the spec, the digest or the host, or a person. */
  | { readonly kind: "blocked" }
);
