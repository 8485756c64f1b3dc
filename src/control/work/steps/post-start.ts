import { asFairleadError } from "../../../errors.js";
import type { StepOf } from "../../../plan/model/step.js";
import type { Journal } from "../../journal/journal.js";
import type { Clock } from "../../ports/clock.js";
import type { Engine } from "../../ports/engine.js";
import type { RunOf } from "../memory/run.js";

/** No container waits longer for one of its commands. */
const longestMs = 60_000;

interface Parts {
  readonly engine: Engine;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** In order, up to the first that fails; the journal keeps how it ended. Cut off in between, all of it runs again. */
export async function runPostStart(
  { engine, journal, clock }: Parts,
  { key, log }: RunOf,
  { container, startedAt, hooks }: StepOf<"post-start">,
  id: string,
): Promise<void> {
  let failure: string | undefined;
  for (const [index, { command, ...settings }] of hooks.entries()) {
    const problem = await runOne(() => engine.exec(id, command, longestMs, settings));
    if (problem === undefined) continue;
    failure = `command ${index + 1} of its post_start ${problem}`;
    log.warn({ container }, `${container}: ${failure}`);
    break;
  }
  const run = startedAt === undefined ? {} : { startedAt };
  const ended = failure === undefined ? {} : { failure };
  await journal.append({ type: "post-start", at: clock.now(), key, container: id, ...run, ...ended });
}

/** What the engine refuses, such as a user that the image does not have, is as bad as a command that fails. */
async function runOne(exec: () => ReturnType<Engine["exec"]>): Promise<string | undefined> {
  try {
    const result = await exec();
    if (result.kind !== "ended") return `did not end within ${longestMs / 1_000}s`;
    if (result.exitCode === 0) return undefined;
    return `ended with exit code ${result.exitCode}${result.output === "" ? "" : `: ${result.output}`}`;
  } catch (thrown) {
    const error = asFairleadError(thrown);
    if (error.code !== "EngineRefused") throw error;
    return `was refused: ${error.message}`;
  }
}
