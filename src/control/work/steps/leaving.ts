import type { StepOf } from "../../../plan/model/step.js";
import { given } from "../../../tools/present.js";
import type { Journal } from "../../journal/journal.js";
import type { Clock } from "../../ports/clock.js";
import type { Engine } from "../../ports/engine.js";
import type { RunOf } from "../memory/run.js";

/** A `pre_stop` that fails keeps nobody from leaving: it is reported, and the container has its time all the same. */
export async function runPreStop(
  engine: Engine,
  { log }: Pick<RunOf, "log">,
  step: StepOf<"pre-stop">,
  id: string,
): Promise<void> {
  const { container, command, timeoutMs, kind: _kind, because: _because, ...settings } = step;
  const result = await engine.exec(id, command, timeoutMs, settings);
  if (result.kind === "ended" && result.exitCode === 0) return;
  const how = result.kind === "ended" ? `ended with exit code ${result.exitCode}` : "did not end in time";
  log.warn({ container }, `pre_stop in ${container} ${how}; it is stopped all the same`);
}

interface Parts {
  readonly journal: Journal;
  readonly clock: Clock;
}

/** In force at once, and on disk before the container loses its names for good. */
export async function noteLeaving(
  { journal, clock }: Parts,
  { key }: Pick<RunOf, "key">,
  { stage, forMs, startedAt }: StepOf<"note-leaving">,
  id: string,
): Promise<void> {
  const run = given({ startedAt });
  await journal.append({ type: "leaving", at: clock.now(), key, container: id, stage, forMs, ...run });
}

/** On disk before it ends. */
export async function noteStop(
  { journal, clock }: Parts,
  { key }: Pick<RunOf, "key">,
  id: string,
  startedAt: number | undefined,
): Promise<void> {
  await journal.append({ type: "ending", at: clock.now(), key, container: id, ...given({ startedAt }) });
}
