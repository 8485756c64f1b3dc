import type { Variables } from "../variables/interpolate.js";

/** The text that a node was read from. Nodes of several texts stand side by side once files have been merged. */
export interface Origin {
  /** As messages name it. */
  readonly file: string;
  /** Absolute: where its relative paths begin. */
  readonly directory: string;
  /** The directory was named by way of a variable: nothing that is missing in it is shown with it. */
  readonly isHidden?: boolean;
  /** What `${VAR}` in it refers to. */
  readonly variables: Variables;
}
