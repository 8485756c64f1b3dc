/** Our line to the engine. */
export type EngineState = {
  /** How far this process's clock is ahead of the engine's; 0 where no difference can be proven. */
  readonly clockSkewSeconds: number;
} & (
  | { readonly kind: "reachable" }
  /** `since`: ISO 8601. */
  | { readonly kind: "unreachable"; readonly since: string; readonly message: string }
);

/** Clocks that differ by so much are worth a word, although no verdict depends on them. */
const notedSkewSeconds = 30;

/** What people should know of it, a line each. */
export function engineNotices(engine: EngineState): readonly string[] {
  const { clockSkewSeconds: skew } = engine;
  const notices: string[] = [];
  if (engine.kind === "unreachable") {
    const what = "how services stand is not known, and nothing is done for them";
    notices.push(`engine: it has been unreachable since ${engine.since} (${engine.message}): ${what}`);
  }
  if (Math.abs(skew) >= notedSkewSeconds) {
    const where = skew > 0 ? "behind" : "ahead of";
    notices.push(`engine: its clock is ${Math.round(Math.abs(skew))} s ${where} that of the controller`);
  }
  return notices;
}
