/** How a container that serves leaves before it is stopped, so that nothing it has begun is cut off. */
export interface LeavePolicy {
  /** `x-fairlead.pre_stop`: run in the container, without a shell; it tells whatever routes to it to look elsewhere. */
  readonly preStop?: { readonly command: readonly string[]; readonly timeoutMs: number };
  /** `x-fairlead.drain`: how long it may go on serving after it has been told, at the longest. */
  readonly drainMs: number;
}
