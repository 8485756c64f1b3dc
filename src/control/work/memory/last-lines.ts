import type { Engine } from "../../ports/engine.js";

/** What a container said last; where it cannot be read, that. */
export function lastLines(
  engine: Pick<Engine, "logTail">,
  container: string,
  count: number,
): Promise<readonly string[]> {
  return engine.logTail(container, count).catch((error: unknown) => [`(its log could not be read: ${String(error)})`]);
}
