/** `x-fairlead.before` and `after`: runs once for each new digest and spec, in a container of its own. */
export interface JobSpec {
  readonly command: readonly string[];
  /** Absent: the new image of the service itself. */
  readonly image?: string;
  readonly timeoutMs: number;
}
